import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with the files of the guide's step 3, created by the guide's commands. */
export interface Material {
  readonly folder: string;
  /** PEM, as `openssl rsa` writes it. */
  readonly key: string;
  readonly certificate: string;
  /** Unencrypted PKCS#8 DER. */
  readonly der: Buffer;
  /** The value of the secret: base64 of the DER file. */
  readonly secret: string;
  /** Runs another openssl command in the folder and returns its standard output. */
  openssl(...args: string[]): Buffer;
  /** Reads a file in the folder. */
  read(name: string): Buffer;
}

/** Creates a key pair and certificate (valid for `days` from now) with the guide's commands. */
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

/** One key pair and certificate for all tests of a worker, for each validity. */
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
