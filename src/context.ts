/** Where a flow speaks. Every line is shown to people; nothing secret goes in. */
interface Log {
  readonly debug: (line: string) => void;
  readonly info: (line: string) => void;
  readonly notice: (line: string) => void;
  readonly warning: (line: string) => void;
}

export interface Secrets {
  /** Sees to it that a value is never shown from now on, in any of its forms. */
  readonly mask: (value: string) => void;
  /** Whether a protected value, or a form of it that is masked, stands in a text. */
  readonly containsSecret: (text: string) => boolean;
  /** A text without any trace of a protected value. */
  readonly redact: (text: string) => string;
}

/** All that a flow touches besides the network: handed in, so that nothing below `action/` and `cli/` knows where it runs. */
export interface Context {
  readonly log: Log;
  readonly secrets: Secrets;
  readonly now: () => Date;
  /** From 0 up to 1. */
  readonly random: () => number;
  /** A random UUID. */
  readonly randomUUID: () => string;
}
