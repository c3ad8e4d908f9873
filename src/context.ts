/** Where a flow reports progress. Every line is printed, so it must not contain a secret. */
interface Log {
  readonly debug: (line: string) => void;
  readonly info: (line: string) => void;
  readonly notice: (line: string) => void;
  readonly warning: (line: string) => void;
}

export interface Secrets {
  /** Hides a value, in all its forms, in everything that is printed from now on. */
  readonly mask: (value: string) => void;
  /** Whether a text contains a masked value or a masked form of it. */
  readonly containsSecret: (text: string) => boolean;
  /** Replaces every masked value and every masked form of it in a text with `***`. */
  readonly redact: (text: string) => string;
  /** Whether a text reveals a masked value in any form, such as encoded, in parts, or in another case. */
  readonly reveals: (text: string) => boolean;
}

/** What a flow needs besides its request. Only `action/` and `cli/` know where it runs. */
export interface Context {
  readonly log: Log;
  readonly secrets: Secrets;
  readonly now: () => Date;
  /** A number from 0 up to, but not including, 1. */
  readonly random: () => number;
  readonly randomUUID: () => string;
}
