import { join, sep } from 'node:path';
import { flagsOf, SECRET, VARIABLE, type Store } from './github-store.ts';

/** What each file in the folder is, for a person. */
export function filesMade(folder: string): string[] {
  return [
    `  folder       ${folder}`,
    '  server.key   the private key',
    '  server.der   the same key in the form that goes, as base64, into the secret',
    '  server.csr   the certificate request; it is spent',
    '  server.crt   the certificate; public, and to be registered',
  ];
}

/** The commands that store both. No secret is on a command line: it would stay in the shell's history. */
export function howToStore(folder: string, store?: Store): string[] {
  const flags = store === undefined ? ['--repo', 'OWNER/REPO'] : flagsOf(store);
  const der = join(folder, 'server.der');
  const certificate = join(folder, 'server.crt');
  const bash = flags.map(forBash).join(' ');
  const powershell = flags.map(forPowerShell).join(' ');
  return [
    "Store the key and the certificate with GitHub's gh. In bash:",
    `  base64 < ${forBash(der)} | gh secret set ${SECRET} ${bash}`,
    `  gh variable set ${VARIABLE} ${bash} < ${forBash(certificate)}`,
    'In PowerShell:',
    `  [Convert]::ToBase64String([IO.File]::ReadAllBytes(${forPowerShell(der)})) | gh secret set ${SECRET} ${powershell}`,
    `  Get-Content -Raw -LiteralPath ${forPowerShell(certificate)} | gh variable set ${VARIABLE} ${powershell}`,
  ];
}

/** The warning about the key files, and the commands that heed it. */
export function howToDelete(folder: string): string[] {
  const keys = ['server.key', 'server.der'].map((name) => join(folder, name));
  return [
    'Delete the key files once the key is stored: whoever has one can get tokens. GitHub does not give a secret back;',
    'if you want a copy, put server.key into a password manager first.',
    `  bash:        rm ${keys.map(forBash).join(' ')}`,
    `  PowerShell:  Remove-Item -LiteralPath ${keys.map(forPowerShell).join(', ')}`,
  ];
}

function forBash(word: string): string {
  const path = sep === '\\' ? word.replaceAll(sep, '/') : word;
  return isPlain(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** Quoted by PowerShell's rules, in which typographic quotes end a string, too; inside brackets it always needs quotes. */
function forPowerShell(word: string): string {
  return /^(--)?[\w]+(\/\w+)*$/.test(word) ? word : `'${word.replace(/['‘’‚‛]/g, '$&$&')}'`;
}

function isPlain(word: string): boolean {
  return /^[\w./:@-]+$/.test(word);
}
