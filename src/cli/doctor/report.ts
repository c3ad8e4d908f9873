import type { Secrets } from '../../context.ts';
import { WITHHELD } from '../../redaction.ts';
import { paint, print, printJson, type Io } from '../io.ts';
import type { Check, Status } from './check.ts';

/** Prints checks as they are made. */
export interface Report {
  readonly heading: (text: string) => void;
  readonly add: (check: Check) => void;
  /** Ends the report. @returns whether there were no errors */
  readonly finish: () => boolean;
}

/**
 * Prints a line for each check, with its remedy below. With `json`, prints one document at the end instead. Searches what a
 * check found for secrets again, because parsers and failed calls contribute to it.
 */
export function createReport(
  io: Io,
  { json, live, secrets }: { json: boolean; live: boolean; secrets: Secrets },
): Report {
  const checks: Check[] = [];
  return {
    heading: (text) => {
      if (!json) print(io, '', paint('bold', text, io.stdout));
    },
    add: ({ found, remedy, ...rest }) => {
      const check = {
        ...rest,
        found: conceal(found, secrets),
        ...(remedy !== undefined && { remedy: conceal(remedy, secrets) }),
      };
      checks.push(check);
      if (!json) printCheck(check, io);
    },
    finish: () => {
      const ok = checks.every(({ status }) => status !== 'error');
      if (json) printJson({ ok, checks }, io);
      else print(io, '', summarize(checks, live));
      return ok;
    },
  };
}

function conceal(text: string, { redact, reveals }: Secrets): string {
  const redacted = redact(text);
  return reveals(redacted) ? WITHHELD : redacted;
}

const COLORS = { ok: 'green', warning: 'yellow', error: 'red', skipped: 'dim' } as const;

function printCheck({ name, status, found, remedy, code }: Check, io: Io): void {
  const mark = paint(COLORS[status], (status === 'skipped' ? '-' : status).padEnd(7), io.stdout);
  print(io, `  ${mark}  ${name}: ${found}${code === undefined ? '' : ` (${code})`}`);
  if (remedy !== undefined) print(io, `           ${paint('cyan', remedy, io.stdout)}`);
}

/** `2 errors, 1 warning.` */
function summarize(checks: readonly Check[], live: boolean): string {
  const count = (status: Status): string => {
    const number = checks.filter((check) => check.status === status).length;
    return number === 0 ? '' : `${number} ${status}${number === 1 ? '' : 's'}`;
  };
  const errors = count('error');
  const noErrors = live ? 'No errors' : 'No errors offline';
  const advice = errors === '' && !live ? ' To check the values with Sprinklr, add --live.' : '';
  return `${[errors || noErrors, count('warning')].filter((text) => text !== '').join(', ')}.${advice}`;
}
