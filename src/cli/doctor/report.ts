import { paint } from '../colors.ts';
import { print, type Io } from '../io.ts';
import type { Check, Status } from './check.ts';

/** Prints checks as they are made. */
export interface Report {
  readonly heading: (text: string) => void;
  readonly add: (check: Check) => void;
  /** Ends the report. @returns whether there were no errors */
  readonly finish: () => boolean;
}

/** For people: a line for each check, and its remedy below. */
export function textReport(io: Io): Report {
  const checks: Check[] = [];
  const color = { ok: 'green', warning: 'yellow', error: 'red', skipped: 'dim' } as const;
  const mark = (status: Status): string =>
    paint(color[status], (status === 'skipped' ? '-' : status).padEnd(7), io.stdout);
  return {
    heading: (text) => {
      print(io, '', paint('bold', text, io.stdout));
    },
    add: (check) => {
      checks.push(check);
      const { name, status, found, remedy, code } = check;
      print(io, `  ${mark(status)}  ${name}: ${found}${code === undefined ? '' : ` (${code})`}`);
      if (remedy !== undefined) print(io, `           ${paint('cyan', remedy, io.stdout)}`);
    },
    finish: () => {
      const count = (status: Status): number => checks.filter((check) => check.status === status).length;
      const plural = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;
      const errors = count('error');
      const warnings = count('warning');
      const total = errors === 0 ? 'No errors' : plural(errors, 'error');
      print(io, '', `${total}${warnings === 0 ? '' : `, ${plural(warnings, 'warning')}`}.`);
      return errors === 0;
    },
  };
}

/** For scripts: one JSON document at the end. */
export function jsonReport(io: Io): Report {
  const checks: Check[] = [];
  return {
    heading: () => undefined,
    add: (check) => {
      checks.push(check);
    },
    finish: () => {
      const ok = checks.every(({ status }) => status !== 'error');
      print(io, JSON.stringify({ ok, checks }, null, 2));
      return ok;
    },
  };
}
