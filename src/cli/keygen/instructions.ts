import { join } from 'node:path';
import { quoteForBash, quoteForPowerShell } from '../quoting.ts';
import { ghFlags, type Repository } from '../repository.ts';

/** The names that the documentation and the examples use. */
export const SECRET = 'SPRINKLR_PRIVATE_KEY';
export const VARIABLE = 'SPRINKLR_CERTIFICATE';

/** The commands that store the key and the certificate. They contain no secret, because the shell's history keeps them. */
export function storeCommands(folder: string, repository?: Repository): string[] {
  const flags = repository === undefined ? ['--repo', 'OWNER/REPO'] : ghFlags(repository);
  const der = join(folder, 'server.der');
  const certificate = join(folder, 'server.crt');
  const bash = flags.map(quoteForBash).join(' ');
  const powershell = flags.map(quoteForPowerShell).join(' ');
  return [
    'To store the key and the certificate with gh in bash:',
    `  base64 < ${quoteForBash(der)} | gh secret set ${SECRET} ${bash}`,
    `  gh variable set ${VARIABLE} ${bash} < ${quoteForBash(certificate)}`,
    'In PowerShell:',
    `  [Convert]::ToBase64String([IO.File]::ReadAllBytes(${quoteForPowerShell(der)})) | gh secret set ${SECRET} ${powershell}`,
    `  Get-Content -Raw -LiteralPath ${quoteForPowerShell(certificate)} | gh variable set ${VARIABLE} ${powershell}`,
  ];
}

/** The commands that delete the key files. */
export function deleteCommands(folder: string): string[] {
  const keys = ['server.key', 'server.der'].map((name) => join(folder, name));
  return [
    'Delete the key files after you store the key: anyone who has them can get tokens. GitHub never shows a secret again.',
    'If you want a copy, put server.key in a password manager first.',
    `  bash:        rm ${keys.map(quoteForBash).join(' ')}`,
    `  PowerShell:  Remove-Item -LiteralPath ${keys.map(quoteForPowerShell).join(', ')}`,
  ];
}
