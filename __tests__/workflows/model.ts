import type { Outcome } from '../action/harness.ts';

export type Texts = Record<string, string>;

export interface Step {
  readonly id?: string;
  readonly if?: string;
  readonly uses?: string;
  readonly with?: Record<string, unknown>;
  readonly run?: string;
  readonly env?: Record<string, unknown>;
  readonly 'continue-on-error'?: boolean;
}

export interface Job {
  readonly uses?: string;
  readonly with?: Record<string, unknown>;
  readonly secrets?: 'inherit' | Record<string, string>;
  readonly needs?: string | readonly string[];
  readonly strategy?: { readonly matrix: Record<string, readonly unknown[]> };
  readonly concurrency?: Concurrency;
  readonly environment?: string;
  readonly outputs?: Record<string, string>;
  readonly env?: Record<string, unknown>;
  readonly steps?: readonly Step[];
}

export type Concurrency = string | { readonly group: string };

export interface Workflow {
  readonly on: {
    readonly workflow_dispatch?: { readonly inputs?: Record<string, unknown> } | null;
    readonly workflow_call?: {
      readonly inputs: Record<string, { readonly default?: unknown; readonly required?: boolean }>;
      readonly secrets: Record<string, unknown>;
      readonly outputs: Record<string, { readonly value: string }>;
    };
  };
  readonly permissions: Record<string, unknown>;
  readonly concurrency?: Concurrency;
  readonly jobs: Record<string, Job>;
}

export interface JobResult {
  readonly result: 'success' | 'failure' | 'skipped';
  readonly outputs: Texts;
  /** What a person reads: masked as the runner masks. */
  readonly log: string;
  /** The steps of the action, as the harness saw them. */
  readonly steps: readonly Outcome[];
}

/** What the machines of a run have in common. */
export interface World {
  readonly baseUrl: string;
  /** Every secret there is, for the masks that a runner sets by itself. */
  readonly secrets: readonly string[];
  /** Of the event. */
  readonly inputs: Texts;
  readonly runnerEnv: Texts;
}

/** Whatever the engine does not know, it must not pass over. */
export function onlyKeys(object: object, known: readonly string[]): void {
  const unknown = Object.keys(object).filter((key) => !known.includes(key));
  if (unknown.length > 0) throw new Error(`the engine does not know: ${unknown.join(', ')}`);
}
