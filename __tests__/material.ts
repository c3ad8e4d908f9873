import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with what step 3 of the guide makes, by the guide's own commands; removed when the tests end. */
export interface Material {
  readonly folder: string;
  /** PEM, as `openssl rsa` wrote it. */
  readonly key: string;
  readonly certificate: string;
  /** Unencrypted PKCS#8 DER. */
  readonly der: Buffer;
  /** What a team stores in its secret. */
  readonly secret: string;
  /** Runs one more openssl command in the folder and returns its standard output. */
  openssl(...args: string[]): Buffer;
  /** Reads a file that such a command made. */
  read(name: string): Buffer;
}

/** Makes a fresh key pair and certificate (`days` of validity from now) with the guide's commands. */
export function makeMaterial({ days = 365, bits = 2048 } = {}): Material {
  const folder = mkdtempSync(join(tmpdir(), 'sprinklr-token-test-'));
  process.on('exit', () => {
    rmSync(folder, { recursive: true, force: true });
  });
  const openssl = (...args: string[]): Buffer =>
    execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  const read = (name: string): Buffer => readFileSync(join(folder, name));

  openssl('genrsa', '-des3', '-passout', 'pass:SomePassword', '-out', 'server.pass.key', String(bits));
  openssl('rsa', '-passin', 'pass:SomePassword', '-in', 'server.pass.key', '-out', 'server.key');
  openssl(
    'req',
    '-new',
    '-key',
    'server.key',
    '-out',
    'server.csr',
    '-subj',
    '/C=US/O=Example/CN=ci.example.com',
  );
  openssl(
    'x509',
    '-req',
    '-sha256',
    '-days',
    String(days),
    '-in',
    'server.csr',
    '-signkey',
    'server.key',
    '-out',
    'server.crt',
  );
  openssl(
    'pkcs8',
    '-topk8',
    '-inform',
    'PEM',
    '-outform',
    'DER',
    '-in',
    'server.key',
    '-out',
    'server.der',
    '-nocrypt',
  );

  const der = read('server.der');
  return {
    folder,
    key: read('server.key').toString(),
    certificate: read('server.crt').toString(),
    der,
    secret: der.toString('base64'),
    openssl,
    read,
  };
}
