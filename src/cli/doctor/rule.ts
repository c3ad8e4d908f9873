import type { Status } from './check.ts';
import type { Given, Values } from './values.ts';

/** A usual mistake that the action itself cannot be sure of, or that deserves a closer word. */
export interface Slip {
  readonly status: Exclude<Status, 'skipped'>;
  readonly found: string;
  readonly remedy?: string;
}

export interface Rule extends Slip {
  readonly inputs: readonly string[];
  /** @param text without the space around it, as the action gets it; never empty */
  readonly applies: (text: string, given: Given, values: Values) => boolean;
}
