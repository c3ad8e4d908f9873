import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** A file of each room and of each package that comes near the bundles, with a text of it that minifying leaves alone. */
const TRACES: Record<'rooms' | 'packages', Record<string, [file: string, text: string]>> = {
  rooms: {
    action: ['src/action/run.ts', 'sprinklr-token failed in a way that it should not'],
    cli: ['src/cli/main.ts', 'sprinklr-token <command>'],
    credentials: ['src/credentials/private-key.ts', 'Sprinklr takes RSA keys of 2048 bits or more'],
    modes: ['src/modes/token.ts', 'which allowed-workspace-ids does not list'],
    simulator: ['src/simulator/responses.ts', 'X-Mashery-Error-Code'],
    sprinklr: ['src/sprinklr/http.ts', 'The request may have been carried out all the same'],
  },
  packages: {
    '@actions/core': [
      'node_modules/@actions/core/lib/file-command.js',
      'Unable to find environment variable for file command',
    ],
    '@actions/exec': [
      'node_modules/@actions/exec/lib/toolrunner.js',
      "Parameter 'toolPath' cannot be null or empty",
    ],
    '@actions/http-client': [
      'node_modules/@actions/http-client/lib/index.js',
      'Redirect from HTTPS to HTTP protocol',
    ],
    '@actions/io': ['node_modules/@actions/io/lib/io.js', 'File path must not contain'],
    jose: ['node_modules/jose/dist/webapi/util/errors.js', 'ERR_JWE_DECRYPTION_FAILED'],
    'node-forge': ['node_modules/node-forge/lib/x509.js', 'Could not compute certificate digest'],
    tunnel: ['node_modules/tunnel/lib/tunnel.js', 'making CONNECT request'],
    undici: ['node_modules/undici/lib/core/errors.js', 'UND_ERR_'],
  },
};

/** Which of the rooms or packages are in a text, which is that of a bundle. */
export function found(kind: keyof typeof TRACES, text: string): string[] {
  return Object.entries(TRACES[kind]).flatMap(([name, [file, trace]]) => {
    if (!readFileSync(join(root, file), 'utf8').includes(trace)) throw new Error(`${file} has changed.`);
    return text.includes(trace) ? [name] : [];
  });
}
