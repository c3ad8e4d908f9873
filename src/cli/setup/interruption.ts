import { CliError } from '../errors.ts';
import { note, TERMINATION_SIGNALS, type Io } from '../io.ts';

/** Ctrl-C outside a question, or another signal that ends the program. */
export class InterruptedError extends CliError {
  constructor() {
    super('Interrupted.', 'Nothing was changed.');
  }
}

/** Decides what a signal does to the work in progress. */
export interface Interruption {
  /** Ends here if a signal arrived. @throws {InterruptedError} */
  check(): void;
  /** Runs work that a signal ends at once. @throws {InterruptedError} */
  abandon<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Runs work whose result must not be lost: only a second signal ends it. @throws {InterruptedError} */
  finish<Result>(what: string, work: () => Promise<Result>): Promise<Result>;
}

/** Runs a command that reports what it created if a signal ends it. */
export async function withInterruption<Result>(
  io: Io,
  run: (interruption: Interruption) => Promise<Result>,
): Promise<Result> {
  const [first, second] = [new AbortController(), new AbortController()];
  const onSignal = (): void => {
    (first.signal.aborted ? second : first).abort();
  };
  const raceWith = async <R>(signal: AbortSignal, work: () => Promise<R>): Promise<R> => {
    const running = work();
    // It is not awaited if the signal is first.
    running.catch(() => undefined);
    let onAbort: (() => void) | undefined;
    const interrupted = new Promise<never>((_, reject) => {
      onAbort = () => {
        io.abandonsWork = true;
        reject(new InterruptedError());
      };
      signal.addEventListener('abort', onAbort);
    });
    try {
      return await Promise.race([running, interrupted]);
    } finally {
      if (onAbort !== undefined) signal.removeEventListener('abort', onAbort);
    }
  };
  const check = (): void => {
    if (first.signal.aborted) throw new InterruptedError();
  };
  const interruption: Interruption = {
    check,
    abandon: async (work) => {
      check();
      return await raceWith(first.signal, work);
    },
    finish: async (what, work) => {
      check();
      const onFirst = (): void => {
        note(io, `Finishing ${what} first, so that its result is not lost. To stop now, press Ctrl-C again.`);
      };
      first.signal.addEventListener('abort', onFirst);
      try {
        return await raceWith(second.signal, work);
      } finally {
        first.signal.removeEventListener('abort', onFirst);
      }
    },
  };
  for (const signal of TERMINATION_SIGNALS) io.signals.on(signal, onSignal);
  try {
    return await run(interruption);
  } finally {
    for (const signal of TERMINATION_SIGNALS) io.signals.off(signal, onSignal);
  }
}
