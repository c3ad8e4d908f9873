import { mkdirSync, mkdtempSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformFileSync } from '@swc/core';

const root = join(import.meta.dirname, '../..');

/** Compiles src/ for a separate process, which Node 20 cannot start from TypeScript. Returns the folder. */
export function compileSource(): string {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-source-'));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const name of readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.ts') || name.endsWith('.d.ts')) continue;
    const { code } = transformFileSync(join(root, 'src', name), {
      jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    });
    const target = join(folder, name.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, code.replace(/(from '[^']+)\.ts'/g, "$1.js'"));
  }
  return folder;
}
