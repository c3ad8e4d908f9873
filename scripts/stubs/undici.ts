/**
 * Replaces `undici` in the bundles: `@actions/http-client` imports it for `getAgentDispatcher`, which nothing here calls.
 * The package is a megabyte.
 */
// @actions/http-client imports a class.
// eslint-disable-next-line @typescript-eslint/no-extraneous-class
export class ProxyAgent {
  constructor() {
    throw new Error('undici is not in this bundle');
  }
}
