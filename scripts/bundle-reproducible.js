// Builds HEAD again in another folder, on both versions of Node that are tested, under another locale, time zone and
// umask; fails unless every byte of dist/ is the committed one.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkOut, differences, run } from './release/rebuild.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(tmpdir(), 'sprinklr-token-rebuild-'));
const folder = join(work, 'a folder of another name', 'and of another depth', 'clone');
const env = { ...process.env, LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8', TZ: 'Pacific/Kiritimati' };
process.umask(0o077);

try {
  checkOut(root, folder);
  for (const version of [20, 24]) {
    rmSync(join(folder, 'dist'), { recursive: true });
    run(`npx -y -p node@${version} -- node scripts/bundle.js`, folder, env);
    const found = differences(folder);
    console.log(`Node ${version}: ${found.join('; ') || 'dist/ is the committed one, byte for byte'}`);
    if (found.length > 0) process.exitCode = 1;
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
