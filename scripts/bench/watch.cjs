// Preloaded into a step: writes, as JSON to the file named by WATCHED, the most memory that it held at once, in KiB, and
// when it came to what, in milliseconds since its process began.
const Module = require('node:module');
const { performance } = require('node:perf_hooks');

const at = {};
const mark = (name) => {
  at[name] ??= performance.now();
};
const watched = {
  crypto: ['createPrivateKey', 'sign'],
  https: ['request'],
};
const load = Module._load;
// Nothing is loaded sooner than the step itself would have loaded it.
Module._load = function (name, parent, isMain) {
  if (isMain) mark('main');
  const module = load.call(this, name, parent, isMain);
  const functions = watched[name.replace('node:', '')] ?? [];
  for (const key of functions.splice(0)) {
    const original = module[key];
    module[key] = (...given) => {
      mark(key);
      const made = original(...given);
      mark(`${key} done`);
      if (key === 'request') made.once('response', (answer) => answer.once('end', () => mark('answered')));
      return made;
    };
  }
  return module;
};

process.on('exit', () => {
  mark('exit');
  const peak = process.resourceUsage().maxRSS;
  require('node:fs').writeFileSync(process.env.WATCHED, JSON.stringify({ peak, at }));
});
