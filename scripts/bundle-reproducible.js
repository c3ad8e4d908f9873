// Checks that dist/ is the bundle of the last commit, and the same in another folder, on Node.js 20 and 24, and with
// another locale, time zone, and umask.
import { fileURLToPath } from 'node:url';
import { checkDist } from './rebuild.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const env = { LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Pacific/Kiritimati' };
process.umask(0o077);
const commands = [20, 24].map((version) => `npx -y -p node@${version} -- node scripts/bundle.js`.split(' '));
checkDist(root, commands, env);
console.log('dist/ is reproducible');
