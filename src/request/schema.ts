import type { KeyObject } from 'node:crypto';
import { parseCertificate, parseCertificateChain } from '../credentials/certificate.ts';
import { parsePrivateKey, requireRsa } from '../credentials/private-key.ts';
import { parseSealKey } from '../credentials/sealed-token.ts';
import { ActionError } from '../errors.ts';
import { parseAppId } from '../sprinklr/app-id.ts';
import { parseAuthorizationCode } from '../sprinklr/authorization-code.ts';
import { GATEWAYS, parseBaseUrl, parseEnvironment } from '../sprinklr/gateway.ts';
import {
  asciiWord,
  choice,
  flag,
  idList,
  integer,
  line,
  optional,
  urlText,
  type Parser,
  type ReadInput,
} from './parsers.ts';

export const MODES = ['token', 'register', 'unseal'] as const;
export type Mode = (typeof MODES)[number];
type FrontEnd = 'action' | 'cli';

export const GROUPS = [
  'Credentials',
  'Sprinklr endpoint',
  'Registration',
  'Checks',
  'Sealing',
  'Network',
  'Output',
] as const;

export interface InputDefinition<Value = unknown> {
  /** For action.yml, the tables of README.md, and `--help`. Markdown. */
  readonly description: string;
  readonly group: (typeof GROUPS)[number];
  /** What an empty input means. */
  readonly default?: string;
  /** Masked before anything else is read, and never accepted as the value of a command-line flag. */
  readonly secret?: true;
  readonly frontEnds: readonly FrontEnd[];
  /** The modes that fail if it is empty. */
  readonly requiredIn?: readonly Mode[];
  readonly parse: Parser<Value>;
}

const BOTH: readonly FrontEnd[] = ['action', 'cli'];
/** The command line has commands and flags of its own in place of these. */
const ACTION: readonly FrontEnd[] = ['action'];
const text: Parser<string> = (value) => value;

const PASSPHRASES = {
  'private-key': 'private-key-passphrase',
  'mtls-private-key': 'mtls-passphrase',
} as const;

/** Reads the key that a certificate is compared with. Its own input reports why it cannot be read. */
function keyReader(input: keyof typeof PASSPHRASES, read: ReadInput): () => KeyObject | undefined {
  return () => {
    try {
      return parsePrivateKey({ value: read(input), passphrase: read(PASSPHRASES[input]).trim(), input });
    } catch (error) {
      if (error instanceof ActionError) return undefined;
      throw error;
    }
  };
}

/** Every input, for both front ends. A test compares action.yml with it, and `npm run docs` writes README tables from it. */
export const INPUTS = {
  mode: {
    description:
      '`token` requests an access token. `register` uploads the certificate once and outputs the App ID. `unseal` decrypts a token that another job of the same run sealed.',
    group: 'Credentials',
    default: 'token',
    frontEnds: ACTION,
    parse: choice(...MODES),
  },
  'private-key': {
    description:
      'Private key of the registered certificate: base64 of `server.der` (PKCS#8 DER). PEM text, PKCS#1, and base64 of either also work. In `register`, the certificate is checked against it.',
    group: 'Credentials',
    secret: true,
    frontEnds: BOTH,
    requiredIn: ['token'],
    parse: (value, { name, read }) =>
      requireRsa(
        parsePrivateKey({ value, passphrase: read('private-key-passphrase').trim(), input: name }),
        name,
      ),
  },
  'private-key-passphrase': {
    description: 'Passphrase of the private key, if it is encrypted.',
    group: 'Credentials',
    secret: true,
    frontEnds: BOTH,
    parse: text,
  },
  'app-id': {
    description: 'App ID from registration. A literal `\\u003d` in it is read as `=`.',
    group: 'Credentials',
    frontEnds: BOTH,
    requiredIn: ['token'],
    parse: parseAppId,
  },
  username: {
    description: 'Login username of the Sprinklr user that the token acts as (`sub`).',
    group: 'Credentials',
    frontEnds: BOTH,
    requiredIn: ['token'],
    parse: line,
  },
  audience: {
    description: 'Audience (`aud`) of the JWT.',
    group: 'Credentials',
    default: 'https://www.sprinklr.com/',
    frontEnds: BOTH,
    parse: line,
  },
  'api-key': {
    description: 'API key of the Sprinklr developer app.',
    group: 'Credentials',
    secret: true,
    frontEnds: BOTH,
    requiredIn: ['token', 'register'],
    parse: asciiWord,
  },
  'api-secret': {
    description: 'API secret of the Sprinklr developer app.',
    group: 'Credentials',
    secret: true,
    frontEnds: BOTH,
    requiredIn: ['token'],
    parse: line,
  },
  'redirect-uri': {
    description: "The app's callback URL, exactly as registered.",
    group: 'Credentials',
    frontEnds: BOTH,
    requiredIn: ['token'],
    parse: urlText,
  },
  environment: {
    description:
      'Sprinklr environment of your tenant, such as `prod2`. Leave it empty or use `prod` for the default production environment.',
    group: 'Sprinklr endpoint',
    frontEnds: BOTH,
    parse: parseEnvironment,
  },
  gateway: {
    description:
      "`api2` (the endpoints in Sprinklr's guide) or `api3` (the newer endpoints in the developer portal).",
    group: 'Sprinklr endpoint',
    default: 'api2',
    frontEnds: BOTH,
    parse: choice(...GATEWAYS),
  },
  'base-url': {
    description:
      "Origin to use instead of the gateway's, for a simulator or a regional host. Must be `https`, or `http` on a loopback address.",
    group: 'Sprinklr endpoint',
    frontEnds: BOTH,
    parse: optional(parseBaseUrl),
  },
  certificate: {
    description:
      'X.509 certificate: PEM text, or base64 of PEM or DER. `register` uploads it. In `token`, it is optional: the action checks that it matches the private key and has not expired.',
    group: 'Registration',
    frontEnds: BOTH,
    requiredIn: ['register'],
    parse: optional((value, { name, read }) => {
      const certificate = parseCertificate(value, name, keyReader('private-key', read));
      requireRsa(certificate.x509.publicKey, name);
      return certificate;
    }),
  },
  'certificate-warning-days': {
    description:
      'Warn if the certificate expires within this many days. An expired certificate fails the step.',
    group: 'Checks',
    default: '30',
    frontEnds: BOTH,
    parse: integer(0, 3650),
  },
  'access-token': {
    description:
      '`register` only: an OAuth access token from the authorization code grant. Set this or `authorization-code`.',
    group: 'Registration',
    secret: true,
    frontEnds: BOTH,
    parse: asciiWord,
  },
  'authorization-code': {
    description:
      '`register` only: the one-time code from the browser consent, or the full URL that the browser was redirected to. Needs `api-secret` and `redirect-uri`.',
    group: 'Registration',
    secret: true,
    frontEnds: BOTH,
    parse: parseAuthorizationCode,
  },
  'assertion-lifetime': {
    description: 'Seconds until the JWT expires, 30 to 600.',
    group: 'Network',
    default: '180',
    frontEnds: BOTH,
    parse: integer(30, 600),
  },
  'parameters-in': {
    description:
      'Where to send the exchange parameters: `query` (documented) or `body` (keeps them out of access logs).',
    group: 'Sprinklr endpoint',
    default: 'query',
    frontEnds: BOTH,
    parse: choice('query', 'body'),
  },
  verify: {
    description: 'After the exchange, call `/api/v2/me` to confirm whose token it is.',
    group: 'Checks',
    default: 'false',
    frontEnds: BOTH,
    parse: flag,
  },
  'allowed-workspace-ids': {
    description:
      'Workspace IDs, separated by commas or line breaks. Implies `verify`. A token for any other workspace fails the step and is not output.',
    group: 'Checks',
    frontEnds: BOTH,
    parse: idList,
  },
  seal: {
    description: 'Also output `sealed-token`, which other jobs of the same run decrypt with `unseal`.',
    group: 'Sealing',
    default: 'false',
    frontEnds: ACTION,
    parse: flag,
  },
  'seal-key': {
    description:
      "Dedicated key for sealing and unsealing (32 random bytes, base64 or hex), so that jobs that unseal don't need the private key. If empty, the key is derived from `private-key`.",
    group: 'Sealing',
    secret: true,
    frontEnds: ACTION,
    parse: optional(parseSealKey),
  },
  'sealed-token': {
    description: '`unseal` only: the `sealed-token` output of another job of this run.',
    group: 'Sealing',
    frontEnds: ACTION,
    requiredIn: ['unseal'],
    parse: text,
  },
  'export-env': {
    description:
      'Also set `SPRINKLR_ACCESS_TOKEN`, `SPRINKLR_API_KEY`, and `SPRINKLR_API_URL` for later steps of the job.',
    group: 'Output',
    default: 'false',
    frontEnds: ACTION,
    parse: flag,
  },
  'max-attempts': {
    description: 'Maximum attempts per call, 1 to 10.',
    group: 'Network',
    default: '4',
    frontEnds: BOTH,
    parse: integer(1, 10),
  },
  'timeout-seconds': {
    description: 'Time limit for all network activity, including waits, 5 to 600.',
    group: 'Network',
    default: '60',
    frontEnds: BOTH,
    parse: integer(5, 600),
  },
  'mtls-certificate': {
    description: 'Client certificate for an app that uses mutual TLS: PEM text, or base64 of PEM.',
    group: 'Network',
    frontEnds: BOTH,
    parse: optional((value, { name, read }) =>
      parseCertificateChain(value, name, {
        readKey: keyReader('mtls-private-key', read),
        readSigningKey: keyReader('private-key', read),
      }),
    ),
  },
  'mtls-private-key': {
    description: 'Private key of the client certificate: PEM text, or base64 of PEM.',
    group: 'Network',
    secret: true,
    frontEnds: BOTH,
    parse: optional((value, { name, read }) =>
      parsePrivateKey({ value, passphrase: read('mtls-passphrase').trim(), input: name }),
    ),
  },
  'mtls-passphrase': {
    description: 'Passphrase of `mtls-private-key`, if it is encrypted.',
    group: 'Network',
    secret: true,
    frontEnds: BOTH,
    parse: text,
  },
  'job-summary': {
    description: 'Write a short table to the job summary.',
    group: 'Output',
    default: 'true',
    frontEnds: ACTION,
    parse: flag,
  },
  'strategy-job-total': {
    description:
      "Set by the runner, so that the action can warn about a matrix whose jobs invalidate each other's tokens. Don't set it.",
    group: 'Output',
    default: '${{ strategy.job-total }}',
    frontEnds: ACTION,
    // Some runners leave the expression unevaluated, which then counts as 1.
    parse: (value) => (/^\d{1,9}$/.test(value) ? Number(value) : 1),
  },
} as const satisfies Readonly<Record<string, InputDefinition>>;

export type InputName = keyof typeof INPUTS;
export const INPUT_NAMES = Object.keys(INPUTS) as InputName[];
/** What the parser of an input returns. */
export type InputValue<Name extends InputName> = ReturnType<(typeof INPUTS)[Name]['parse']>;

/** The definition of an input, including its optional properties. */
export function definitionOf(name: InputName): InputDefinition {
  return INPUTS[name];
}
