// Stands in for `tunnel` in the bundles. `@actions/http-client` imports it at its top, and it loads `assert` at its own;
// only a step behind a proxy needs either, so they stay in a file of their own until one does.
for (const name of ['httpOverHttp', 'httpsOverHttp', 'httpOverHttps', 'httpsOverHttps'])
  exports[name] = (options) => require('tunnel/lib/tunnel')[name](options);
