import type { KeyObject } from 'node:crypto';
import type { Secrets } from '../context.ts';
import { toPkcs8Der } from '../credentials/private-key.ts';
import type { SealKey, SealScope } from '../credentials/sealed-token.ts';
import { ActionError } from '../errors.ts';
import type { RegisterRequest } from '../modes/register.ts';
import type { TokenRequest } from '../modes/token.ts';
import type { UnsealRequest } from '../modes/unseal.ts';
import { rejectPlaceholder } from './placeholders.ts';
import { createGateway, type Gateway } from '../sprinklr/gateway.ts';
import type { HttpOptions } from '../sprinklr/http.ts';
import type { DeveloperApp } from '../sprinklr/tokens.ts';
import type { ReadInput } from './parsers.ts';
import { definitionOf, INPUT_NAMES, INPUTS, type InputName, type InputValue, type Mode } from './schema.ts';

export type Request = TokenRequest | RegisterRequest | UnsealRequest;

interface RequestOptions {
  readonly secrets: Secrets;
  /** Where a sealed token can be unsealed. Only called if the request seals or unseals. */
  readonly sealScope: () => SealScope;
}

/** The effective text of an input: without surrounding white space, or the default if it is empty. */
export function inputText(name: InputName, read: ReadInput): string {
  return read(name).trim() || (definitionOf(name).default ?? '');
}

/**
 * Parses one input, together with those that it depends on, such as the passphrase of a key.
 *
 * @throws {ActionError} INPUT_INVALID, and the KEY_… and CERTIFICATE_… codes
 */
export function parseInput<Name extends InputName>(name: Name, read: ReadInput): InputValue<Name> {
  rejectPlaceholder(name, read);
  return INPUTS[name].parse(inputText(name, read), { name, read }) as InputValue<Name>;
}

/**
 * Turns the raw inputs into one typed request, so that no later code reads the raw texts. Masks every secret input before
 * it reads anything else.
 *
 * @throws {ActionError} INPUT_MISSING for all inputs that are missing, INPUT_INVALID, and the KEY_… and CERTIFICATE_… codes
 */
export function parseRequest(read: ReadInput, options: RequestOptions): Request {
  checkBeforeParsing(read, options.secrets);
  return REQUEST_PARSERS[parseInput('mode', read)](read, options);
}

/** {@link parseRequest} for a front end that already knows the mode. */
export function parseTokenRequest(read: ReadInput, options: RequestOptions): TokenRequest {
  checkBeforeParsing(read, options.secrets);
  requireInputsOf('token', read);
  return {
    mode: 'token',
    appId: parseInput('app-id', read),
    username: parseInput('username', read),
    audience: parseInput('audience', read),
    app: parseDeveloperApp(read),
    gateway: parseGateway(read),
    assertionLifetime: parseInput('assertion-lifetime', read),
    parametersIn: parseInput('parameters-in', read),
    certificateWarningDays: parseInput('certificate-warning-days', read),
    http: parseHttpOptions(read, options.secrets),
    privateKey: maskKey(parseInput('private-key', read), options.secrets),
    certificate: parsePublicInput('certificate', read, options.secrets),
    verify: parseVerification(read),
    seal: parseInput('seal', read) ? parseSealing(read, options) : undefined,
  };
}

/** The request of `register` without its code or access token, for a front end that gets the code later. */
export function parseRegistration(
  read: ReadInput,
  { secrets }: Pick<RequestOptions, 'secrets'>,
): Omit<RegisterRequest, 'grant'> {
  checkBeforeParsing(read, secrets);
  requireInputsOf('register', read);
  const privateKey = isSet('private-key', read)
    ? maskKey(parseInput('private-key', read), secrets)
    : undefined;
  const certificate = parsePublicInput('certificate', read, secrets);
  if (certificate === undefined) throw missing(['certificate']);
  return {
    mode: 'register',
    certificate,
    certificateWarningDays: parseInput('certificate-warning-days', read),
    privateKey,
    apiKey: parseInput('api-key', read),
    gateway: parseGateway(read),
    http: parseHttpOptions(read, secrets),
  };
}

function parseRegisterRequest(read: ReadInput, options: RequestOptions): RegisterRequest {
  return { ...parseRegistration(read, options), grant: parseGrant(read, options.secrets) };
}

function parseUnsealRequest(read: ReadInput, options: RequestOptions): UnsealRequest {
  requireInputsOf('unseal', read);
  return {
    mode: 'unseal',
    sealedToken: parseInput('sealed-token', read),
    ...parseSealing(read, options),
  };
}

const REQUEST_PARSERS: Readonly<Record<Mode, (read: ReadInput, options: RequestOptions) => Request>> = {
  token: parseTokenRequest,
  register: parseRegisterRequest,
  unseal: parseUnsealRequest,
};

/** @throws {ActionError} INPUT_INVALID */
export function parseGateway(read: ReadInput): Gateway {
  return createGateway({
    gateway: parseInput('gateway', read),
    environment: parseInput('environment', read),
    baseUrl: parseInput('base-url', read),
  });
}

/** @throws {ActionError} INPUT_MISSING, INPUT_INVALID */
export function parseDeveloperApp(read: ReadInput): DeveloperApp {
  requireInputs(read, ['api-secret', 'redirect-uri']);
  return {
    apiKey: parseInput('api-key', read),
    apiSecret: parseInput('api-secret', read),
    redirectUri: parseInput('redirect-uri', read),
  };
}

function parseVerification(read: ReadInput): TokenRequest['verify'] {
  const allowedWorkspaceIds = parseInput('allowed-workspace-ids', read);
  return parseInput('verify', read) || allowedWorkspaceIds.length > 0 ? { allowedWorkspaceIds } : undefined;
}

function parseSealing(
  read: ReadInput,
  { secrets, sealScope }: RequestOptions,
): { sealKey: SealKey; scope: SealScope } {
  const bytes = parseInput('seal-key', read);
  if (bytes === undefined && !isSet('private-key', read)) {
    throw new ActionError('INPUT_MISSING', '`seal-key` and `private-key` are both empty.', {
      remedy: 'Set the one that the sealing job uses.',
      inputs: ['seal-key', 'private-key'],
    });
  }
  const sealKey: SealKey =
    bytes === undefined
      ? { kind: 'private-key', privateKey: maskKey(parseInput('private-key', read), secrets) }
      : { kind: 'seal-key', bytes };
  return { sealKey, scope: sealScope() };
}

/** @throws {ActionError} INPUT_MISSING, INPUT_INVALID */
export function parseGrant(read: ReadInput, secrets: Secrets): RegisterRequest['grant'] {
  const hasToken = isSet('access-token', read);
  if (hasToken === isSet('authorization-code', read)) {
    throw new ActionError(
      hasToken ? 'INPUT_INVALID' : 'INPUT_MISSING',
      `\`access-token\` and \`authorization-code\` are both ${hasToken ? 'set' : 'empty'}.`,
      {
        remedy:
          'Set exactly one: the code from the browser consent (simplest, valid for 10 minutes), or an access token from the authorization code grant.',
        inputs: ['authorization-code'],
      },
    );
  }
  if (hasToken) return { accessToken: parseInput('access-token', read) };
  const app = parseDeveloperApp(read);
  const code = parseInput('authorization-code', read);
  secrets.mask(code);
  return { code, app };
}

function parseHttpOptions(read: ReadInput, secrets: Secrets): HttpOptions {
  return {
    timeoutSeconds: parseInput('timeout-seconds', read),
    maxAttempts: parseInput('max-attempts', read),
    clientCertificate: parseClientCertificate(read, secrets),
  };
}

function parseClientCertificate(read: ReadInput, secrets: Secrets): HttpOptions['clientCertificate'] {
  const names: InputName[] = ['mtls-certificate', 'mtls-private-key'];
  if (!names.some((name) => isSet(name, read))) return undefined;
  requireInputs(read, names);
  const key = parseInput('mtls-private-key', read);
  if (key === undefined) throw missing(names);
  maskKey(key, secrets);
  const cert = parsePublicInput('mtls-certificate', read, secrets);
  if (cert === undefined) throw missing(names);
  return { cert, key: key.export({ format: 'pem', type: 'pkcs8' }).toString() };
}

function requireInputsOf(mode: Mode, read: ReadInput): void {
  const required = INPUT_NAMES.filter((name) => definitionOf(name).requiredIn?.includes(mode) === true);
  requireInputs(read, required);
}

/** @throws {ActionError} INPUT_MISSING that names all inputs that are empty */
function requireInputs(read: ReadInput, names: readonly InputName[]): void {
  const empty = names.filter((name) => !isSet(name, read));
  if (empty.length > 0) throw missing(empty);
}

function missing(inputs: readonly InputName[]): ActionError {
  const names = inputs.map((name) => `\`${name}\``).join(', ');
  return new ActionError('INPUT_MISSING', `${names} ${inputs.length === 1 ? 'is' : 'are'} empty.`, {
    remedy: '',
    inputs,
  });
}

/** With this variable, an attacker on the network could read secrets. Our connections ignore it, but other steps do not. */
function requireTlsVerification(): void {
  if (process.env['NODE_TLS_REJECT_UNAUTHORIZED'] !== '0') return;
  throw new ActionError(
    'TLS_FAILED',
    'NODE_TLS_REJECT_UNAUTHORIZED=0 turns off TLS certificate verification.',
    {
      remedy: 'Unset it. For a private CA, set NODE_EXTRA_CA_CERTS to its PEM file instead.',
    },
  );
}

function isSet(name: InputName, read: ReadInput): boolean {
  return inputText(name, read) !== '';
}

/** Masks first, so that all later errors can be printed. */
function checkBeforeParsing(read: ReadInput, secrets: Secrets): void {
  maskSecretInputs(read, secrets);
  requireTlsVerification();
  for (const name of INPUT_NAMES) rejectPlaceholder(name, read);
}

function maskSecretInputs(read: ReadInput, secrets: Secrets): void {
  for (const name of INPUT_NAMES) {
    const value = read(name).trim();
    // A public input is secret if the user pasted the wrong file.
    if (definitionOf(name).secret === true || value.includes('PRIVATE KEY')) secrets.mask(value);
  }
}

/** Also masks the forms of a key that the user did not paste, because a later step could print one of them. */
function maskKey(key: KeyObject, secrets: Secrets): KeyObject {
  const base64 = toPkcs8Der(key).toString('base64');
  secrets.mask(base64);
  // The lines of a PEM file (RFC 7468 §2).
  secrets.mask(base64.replace(/.{64}/g, '$&\n'));
  return key;
}

/** Parses a public input, and masks it if it turns out to be a private key. */
function parsePublicInput<Name extends InputName>(
  name: Name,
  read: ReadInput,
  secrets: Secrets,
): InputValue<Name> {
  try {
    return parseInput(name, read);
  } catch (error) {
    if (error instanceof ActionError && error.code === 'CERTIFICATE_IS_PRIVATE_KEY')
      secrets.mask(read(name).trim());
    throw error;
  }
}
