/**
 * Replaces `@actions/exec` in the bundles: `@actions/core` imports it for `platform.getDetails`, which nothing here calls.
 * A step that reads a private key never starts a program.
 */
export function getExecOutput(): never {
  throw new Error('@actions/exec is not in this bundle');
}
