/**
 * Stands in for `undici` in the bundles. `@actions/http-client` imports it at its top for
 * `getAgentDispatcher`, which nothing here calls; the real one is a megabyte that every step would
 * have to parse. If a later version does reach for it, this says so instead of doing half a job.
 */
// The shape that is imported is a class.
// eslint-disable-next-line @typescript-eslint/no-extraneous-class
export class ProxyAgent {
  constructor() {
    throw new Error('undici is left out of this bundle: see scripts/left-out/');
  }
}
