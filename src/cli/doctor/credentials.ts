import { createHash, createPublicKey, X509Certificate, type KeyObject } from 'node:crypto';
import {
  checkValidity,
  requireMatch,
  signerWarning,
  type Certificate,
} from '../../credentials/certificate.ts';
import { describePrivateKey, requireRs256 } from '../../credentials/private-key.ts';
import { ActionError } from '../../errors.ts';
import { parseInput } from '../../request/parse.ts';
import type { InputName } from '../../request/schema.ts';
import { decodeAppId, parseAppId } from '../../sprinklr/app-id.ts';
import { whereToSet } from '../inputs.ts';
import type { Value } from '../values.ts';
import { attempt, failedCheck, type Check, type DoctorContext } from './check.ts';
import { absentCheck, sourceOf, unreadableCheck } from './inputs.ts';

export interface Credentials {
  readonly checks: Check[];
  readonly certificate: Certificate | undefined;
}

/** Checks the private key, the certificate, whether they match, and the client certificate for mutual TLS. */
export function checkCredentials(context: DoctorContext): Credentials {
  const { read } = context;
  const key = attempt(() => requireRs256(parseInput('private-key', read), 'private-key'));
  const certificate = attempt(() => parseInput('certificate', read));
  return {
    checks: [
      ...checkPrivateKey(key, context),
      checkCertificate(certificate, context),
      checkPair(key, certificate),
      ...checkClientCertificate(context),
    ],
    certificate: certificate instanceof ActionError ? undefined : certificate,
  };
}

function unreadableChecks(name: string, inputs: readonly InputName[], context: DoctorContext): Check[] {
  return inputs
    .flatMap((input) => context.values.unreadable.get(input) ?? [])
    .map((error) => unreadableCheck(name, error, context));
}

function checkPrivateKey(key: KeyObject | ActionError, context: DoctorContext): Check[] {
  const name = 'private-key';
  const unreadable = unreadableChecks(name, [name, 'private-key-passphrase'], context);
  if (unreadable.length > 0) return unreadable;
  const value = context.values.given.get(name);
  if (value === undefined) return absentCheck(name);
  if (key instanceof ActionError) return [failedCheck(name, key)];

  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  const found = [
    `${describeForm(value)}, RSA, ${bits} bits, SHA-256 of the public key ${publicKeyFingerprint(key)}.`,
    describePassphrase(value.text, context.read('private-key-passphrase')),
    sourceOf(value, context),
  ];
  return [{ name, status: 'ok', found: found.filter((sentence) => sentence !== '').join(' ') }];
}

function describeForm({ text, isBinary }: Value): string {
  const form = describePrivateKey(text) ?? '';
  if (isBinary) return `${form.replace(/^base64 of /, '')}, the file itself (a secret contains its base64)`;
  return form.startsWith('PEM') ? `${form}, which works as well as DER` : form;
}

function describePassphrase(key: string, passphrase: string): string {
  if (describePrivateKey(key)?.includes('encrypted') === true) return 'The passphrase decrypts it.';
  return passphrase === '' ? '' : 'It is not encrypted, so the passphrase is not used.';
}

/** SHA-256 of the SubjectPublicKeyInfo, in lowercase hex. */
function publicKeyFingerprint(key: KeyObject): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex');
}

function checkCertificate(certificate: Certificate | undefined | ActionError, context: DoctorContext): Check {
  const { values, read, show, io } = context;
  const name = 'certificate';
  const [unreadable] = unreadableChecks(name, [name], context);
  if (unreadable !== undefined) return unreadable;
  const value = values.given.get(name);
  if (value === undefined || certificate === undefined)
    return { name, status: 'skipped', found: `Not given (${whereToSet(name)}).` };
  if (certificate instanceof ActionError) return failedCheck(name, certificate);

  const { subject, notBefore, expiresAt, fingerprint } = certificate;
  const validity = `valid from ${notBefore.toISOString()} to ${expiresAt.toISOString()}`;
  const found = `${show(subject)}, ${validity}, SHA-256 ${fingerprint}. ${sourceOf(value, context)}`;
  const days = attempt(() => parseInput('certificate-warning-days', read));
  const warningDays = days instanceof Error ? 0 : days;
  const warning = attempt(() => checkValidity(certificate, { now: io.now(), warningDays }));
  if (warning instanceof ActionError) return failedCheck(name, warning);
  const warnings = [warning, signerWarning(certificate)].filter((text) => text !== undefined);
  return warnings.length === 0
    ? { name, status: 'ok', found }
    : { name, status: 'warning', found: [found, ...warnings].join(' ') };
}

function checkPair(key: KeyObject | ActionError, certificate: Certificate | undefined | ActionError): Check {
  const name = 'private-key and certificate';
  if (key instanceof ActionError || certificate instanceof ActionError || certificate === undefined)
    return { name, status: 'skipped', found: 'Not compared, because one of them is missing or unusable.' };
  const mismatch = attempt(() => {
    requireMatch(certificate, key);
  });
  return mismatch instanceof ActionError
    ? failedCheck(name, mismatch)
    : { name, status: 'ok', found: 'They match.' };
}

const MINUTE_MS = 60_000;

/** When Sprinklr issued the App ID, by its own clock. */
export function registeredAt({ read }: DoctorContext): Date | undefined {
  const appId = attempt(() => parseAppId(read('app-id')));
  return appId instanceof Error ? undefined : decodeAppId(appId)?.registeredAt;
}

/** A certificate that is newer than the App ID cannot be the one that was registered. */
export function checkAge(certificate: Certificate | undefined, context: DoctorContext): Check[] {
  const registered = registeredAt(context);
  if (registered === undefined || certificate === undefined) return [];
  const name = 'app-id and certificate';
  if (certificate.notBefore.valueOf() - registered.valueOf() <= MINUTE_MS)
    return [{ name, status: 'ok', found: 'The App ID is newer than the certificate, as expected.' }];
  return [
    {
      name,
      status: 'warning',
      found: 'The App ID is older than this certificate, so it belongs to an earlier certificate.',
      remedy: 'Register this certificate and use its App ID, unless both certificates have the same key.',
    },
  ];
}

function checkClientCertificate(context: DoctorContext): Check[] {
  const { values, read, show, io } = context;
  const name = 'mtls-certificate';
  const inputs: readonly InputName[] = [name, 'mtls-private-key', 'mtls-passphrase'];
  const unreadable = unreadableChecks(name, inputs, context);
  if (unreadable.length > 0) return unreadable;
  if (!values.given.has(name) && !values.given.has('mtls-private-key')) return [];
  const pair = attempt(() => {
    const chain = parseInput(name, read);
    const key = parseInput('mtls-private-key', read);
    if (chain !== undefined && key !== undefined) return { chain, key };
    const missing: InputName = chain === undefined ? name : 'mtls-private-key';
    throw new ActionError('INPUT_MISSING', `${missing} is missing.`, { remedy: '', inputs: [missing] });
  });
  if (pair instanceof ActionError) return [failedCheck(name, pair)];

  const certificate = new X509Certificate(pair.chain);
  // Node's types omit that a certificate without a subject has undefined here.
  const subject = show(((certificate.subject as string | undefined) ?? '').replaceAll('\n', ', '));
  const expiresAt = new Date(certificate.validTo);
  if (expiresAt < io.now()) {
    const found = `${subject} expired at ${expiresAt.toISOString()}.`;
    return [{ name, status: 'error', found, remedy: 'Get a new client certificate from its issuer.' }];
  }
  const found = `${subject}, valid until ${expiresAt.toISOString()}. It matches mtls-private-key.`;
  return [{ name, status: 'ok', found }];
}
