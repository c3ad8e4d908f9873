import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with what step 3 of the guide makes, by the guide's own commands. */
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
  const openssl = (command: string): Buffer =>
    execFileSync('openssl', command.split(' '), { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });

  openssl(`genrsa -des3 -passout pass:SomePassword -out server.pass.key ${bits}`);
  openssl('rsa -passin pass:SomePassword -in server.pass.key -out server.key');
  openssl('req -new -key server.key -out server.csr -subj /C=US/O=Example/CN=ci.example.com');
  openssl(`x509 -req -sha256 -days ${days} -in server.csr -signkey server.key -out server.crt`);
  openssl('pkcs8 -topk8 -inform PEM -outform DER -in server.key -out server.der -nocrypt');
  return materialIn(folder);
}

/** The same pair for every test that this worker runs, one for each validity; for those that need no particular one. */
export function sharedMaterial({ days = 365 } = {}): Material {
  const { TESTS_FOLDER = '', JEST_WORKER_ID = '' } = process.env;
  const folder = join(TESTS_FOLDER, `material-${days}-${JEST_WORKER_ID}`);
  if (!existsSync(folder)) renameSync(makeMaterial({ days }).folder, folder);
  return materialIn(folder);
}

function materialIn(folder: string): Material {
  const read = (name: string): Buffer => readFileSync(join(folder, name));
  const der = read('server.der');
  return {
    folder,
    key: read('server.key').toString(),
    certificate: read('server.crt').toString(),
    der,
    secret: der.toString('base64'),
    openssl: (...args) => execFileSync('openssl', args, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] }),
    read,
  };
}
