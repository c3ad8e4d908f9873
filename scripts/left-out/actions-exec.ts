/**
 * Stands in for `@actions/exec` in the bundles. `@actions/core` imports it at its top for
 * `platform.getDetails`, which nothing here calls; a step that reads a key has no business starting programs.
 */
export function getExecOutput(): never {
  throw new Error('@actions/exec is left out of this bundle: see scripts/left-out/');
}
