import { paint, print } from '../terminal.ts';
import { isWrong, type Check, type Status } from './check.ts';

/** Where checks go as they are made. */
export interface Report {
  readonly heading: (text: string) => void;
  readonly add: (check: Check) => void;
  /** Ends the report. @returns whether nothing is wrong */
  readonly finish: () => boolean;
}

const MARKS: Readonly<Record<Status, string>> = {
  ok: paint('green', 'ok     '),
  warning: paint('yellow', 'warning'),
  wrong: paint('red', 'wrong  '),
  skipped: paint('dim', '-      '),
};

/** For people: a line for each check, at once; below it what to do. */
export function printedReport(): Report {
  const checks: Check[] = [];
  return {
    heading: (text) => {
      print('', paint('bold', text));
    },
    add: (check) => {
      checks.push(check);
      const { name, status, found, remedy, code } = check;
      print(`  ${MARKS[status]}  ${name}: ${found}${code === undefined ? '' : ` (${code})`}`);
      if (remedy !== undefined) print(`           ${paint('cyan', remedy)}`);
    },
    finish: () => {
      const count = (status: Status): number => checks.filter((check) => check.status === status).length;
      const warnings = count('warning');
      const rest = warnings === 0 ? '' : `, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`;
      const wrong = count('wrong');
      print('', wrong === 0 ? `Nothing is wrong${rest}.` : `${wrong} wrong${rest}.`);
      return wrong === 0;
    },
  };
}

/** For scripts: one JSON document, at the end. */
export function jsonReport(): Report {
  const checks: Check[] = [];
  return {
    heading: () => undefined,
    add: (check) => {
      checks.push(check);
    },
    finish: () => {
      const ok = !checks.some(isWrong);
      print(JSON.stringify({ ok, checks }, null, 2));
      return ok;
    },
  };
}
