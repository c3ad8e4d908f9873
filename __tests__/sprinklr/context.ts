import type { Context } from '../../src/context.ts';
import { createSecrets } from '../../src/redaction.ts';

export const now = new Date('2026-03-01T12:00:00Z');

export interface TestContext {
  readonly context: Context;
  /** Everything logged, in order. */
  readonly lines: readonly string[];
  readonly warnings: readonly string[];
}

/** A context that records its log, without jitter, at a fixed time. */
export function createTestContext(): TestContext {
  const lines: string[] = [];
  const warnings: string[] = [];
  const log = (line: string): void => {
    lines.push(line);
  };
  const warning = (line: string): void => {
    lines.push(line);
    warnings.push(line);
  };
  const context: Context = {
    log: { debug: log, info: log, notice: log, warning },
    secrets: createSecrets(() => undefined),
    now: () => now,
    random: () => 0,
    randomUUID: () => '',
  };
  return { context, lines, warnings };
}
