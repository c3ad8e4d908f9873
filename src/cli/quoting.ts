import { sep } from 'node:path';

/** A word of a command that the user pastes. Git Bash on Windows takes either slash. */
export function quoteForBash(word: string): string {
  const path = sep === '\\' ? word.replaceAll(sep, '/') : word;
  return /^[\w./:@-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
}

/** In PowerShell, typographic quotes also end a string. Brackets around a call need quotes inside. */
export function quoteForPowerShell(word: string): string {
  return /^(--)?[\w]+(\/\w+)*$/.test(word) ? word : `'${word.replace(/['‘’‚‛]/g, '$&$&')}'`;
}

/** For the shell that a user of this computer most likely uses. */
export function quoteForShell(word: string, platform = process.platform): string {
  return platform === 'win32' ? quoteForPowerShell(word) : quoteForBash(word);
}
