import { randomUUID } from 'node:crypto';
import type { Context, Secrets } from '../context.ts';
import { createSecrets } from '../redaction.ts';
import { note, paint, type Io } from './io.ts';

/**
 * What a flow is given on the command line. Its log goes to standard error, which carries everything that is not the
 * result. Nothing masks a terminal, so secrets are replaced here.
 */
export function createContext(io: Io, secrets: Secrets = createSecrets(() => undefined)): Context {
  const show = (line: string): void => {
    note(io, secrets.redact(line));
  };
  return {
    log: {
      debug: () => undefined,
      info: show,
      notice: show,
      warning: (line) => {
        note(io, `${paint('yellow', 'Warning:', io.stderr)} ${secrets.redact(line)}`);
      },
    },
    secrets,
    now: io.now,
    random: Math.random,
    randomUUID,
  };
}
