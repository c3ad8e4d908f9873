import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import {
  checkValidity,
  parseCertificate,
  requireMatch,
  type Certificate,
} from '../../credentials/certificate.ts';
import { describePrivateKey, parsePrivateKey } from '../../credentials/private-key.ts';
import { ActionError } from '../../errors.ts';
import { attempt, refused, type Check } from './check.ts';
import { absent, from, unread, type Subject } from './inputs.ts';
import { valueOf, type Given } from './values.ts';

/** The key and its certificate, where they could be read. */
export interface Material {
  readonly checks: Check[];
  readonly certificate: Certificate | undefined;
}

/** Looks at the private key, the certificate, and whether they belong together. */
export function checkMaterial(subject: Subject, now: Date): Material {
  const key = readKey(subject);
  const certificate = readOwnCertificate(subject);
  return {
    checks: [
      ...checkKey(key, subject),
      checkCertificate(certificate, { subject, now }),
      checkPair(key, certificate),
    ],
    certificate: certificate instanceof ActionError ? undefined : certificate,
  };
}

/** What is not given is refused as well. */
type Read<Value> = Value | ActionError;

function readKey({ values, action }: Subject): Read<KeyObject> {
  const refusal = action('private-key', 'private-key-passphrase');
  if (refusal !== undefined) return refusal;
  return parsePrivateKey({
    value: valueOf(values, 'private-key'),
    passphrase: valueOf(values, 'private-key-passphrase'),
    input: 'private-key',
  });
}

function checkKey(key: Read<KeyObject>, { values, show }: Subject): Check[] {
  const name = 'private-key';
  const unreadable = [name, 'private-key-passphrase'].flatMap((input) => values.unreadable.get(input) ?? []);
  if (unreadable.length > 0) return unreadable.map((error) => unread(name, error, { show }));
  const given = values.given.get(name);
  if (given === undefined) return absent(name);
  if (key instanceof ActionError) return [refused(name, key)];

  const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
  const found = [
    `${describeForm(given)}, RSA, ${bits} bits; SHA-256 of its public key ${publicFingerprint(key)}.`,
    describePassphrase(given.text, valueOf(values, 'private-key-passphrase')),
    from(given, { show }),
  ];
  return [{ name, status: 'ok', found: found.filter((words) => words !== '').join(' ') }];
}

function describeForm({ text, isBinary }: Given): string {
  const form = describePrivateKey(text) ?? '';
  if (isBinary) return `${form.replace(/^base64 of /, '')}, the file itself (a secret holds its base64)`;
  return form.startsWith('PEM') ? `${form}, which is as good as DER` : form;
}

function describePassphrase(value: string, passphrase: string): string {
  if (describePrivateKey(value)?.includes('encrypted') === true) return 'The passphrase opens it.';
  return passphrase === '' ? '' : 'It is not encrypted, so its passphrase is not used.';
}

/** SHA-256 of the SubjectPublicKeyInfo, lower-case hex. */
function publicFingerprint(key: KeyObject): string {
  const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(spki).digest('hex');
}

function readOwnCertificate({ values, action }: Subject): Read<Certificate> {
  return (
    action('certificate') ?? attempt(() => parseCertificate(valueOf(values, 'certificate'), 'certificate'))
  );
}

function checkCertificate(
  certificate: Read<Certificate>,
  { subject: { values, show }, now }: { subject: Subject; now: Date },
): Check {
  const name = 'certificate';
  const unreadable = values.unreadable.get(name);
  if (unreadable !== undefined) return unread(name, unreadable, { show });
  const given = values.given.get(name);
  if (given === undefined) {
    return { name, status: 'skipped', found: 'Not given (--certificate or SPRINKLR_CERTIFICATE).' };
  }
  if (certificate instanceof ActionError) return refused(name, certificate);

  const { subject, notBefore, expiresAt, fingerprint } = certificate;
  const validity = `valid from ${notBefore.toISOString()} to ${expiresAt.toISOString()}`;
  const found = `${show(subject)}, ${validity}, SHA-256 ${fingerprint}. ${from(given, { show })}`;
  const days = valueOf(values, 'certificate-warning-days');
  const warning = attempt(() => checkValidity(certificate, { now, warningDays: Number(days) || 0 }));
  if (warning instanceof ActionError) return refused(name, warning);
  return warning === undefined
    ? { name, status: 'ok', found }
    : { name, status: 'warning', found: `${found} ${warning}` };
}

function checkPair(key: Read<KeyObject>, certificate: Read<Certificate>): Check {
  const name = 'private-key and certificate';
  if (key instanceof ActionError || certificate instanceof ActionError) {
    return { name, status: 'skipped', found: 'Whether they belong together stays open: that takes both.' };
  }
  const refusal = attempt(() => {
    requireMatch(certificate, key);
  });
  if (refusal instanceof ActionError) return refused(name, refusal);
  return { name, status: 'ok', found: 'They belong together.' };
}
