import { generateKeyPair, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
// Adds X.509 to the object imported below. The package's main file would also add TLS and SSH.
import 'node-forge/lib/x509.js';
import forge from 'node-forge/lib/forge.js';
import { ActionError } from '../errors.ts';
import { parseCertificate, type Certificate } from './certificate.ts';

/** The certificate's subject: what `openssl req -new` asks for in step 3 of the guide. */
export interface Subject {
  commonName: string;
  organization?: string;
  organizationalUnit?: string;
  /** Two letters (ISO 3166). */
  country?: string;
  state?: string;
  locality?: string;
  emailAddress?: string;
}

/** The files of step 3 of the guide, as values. */
export interface KeyMaterial {
  /** `server.key`: unencrypted PKCS#8, as `openssl rsa` writes it. */
  privateKeyPem: string;
  /** `server.csr` */
  certificateRequestPem: string;
  /** `server.crt` */
  certificatePem: string;
  /** `server.der`: unencrypted PKCS#8. The secret is its base64. */
  privateKeyDer: Buffer;
  /** SHA-256 of the certificate, lowercase hex without colons. */
  fingerprint: string;
  expiresAt: Date;
}

interface KeyMaterialOptions {
  subject: Subject;
  /** Days of validity, 1 to 3650. */
  days?: number;
  /** Length of the RSA modulus: 2048, 3072, or 4096. */
  bits?: number;
  now: Date;
}

interface ServerCertificateOptions {
  /** Names and addresses besides those of the loopback interface. */
  hosts: readonly string[];
  /** Days of validity, 1 to 3650. */
  days: number;
  now: Date;
}

/** Makes the certificate valid for a server whose clock is a little behind. */
const BACKDATING_MS = 5 * 60_000;
const DAY_MS = 24 * 60 * 60_000;
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/**
 * Creates a key pair, a certificate request, and a self-signed certificate: step 3 of the guide without openssl.
 *
 * @throws {ActionError} INPUT_INVALID for an invalid subject, number of days, or key length
 */
export async function generateKeyMaterial(options: KeyMaterialOptions): Promise<KeyMaterial> {
  const { subject, days = 365, bits = 2048, now } = options;
  const attributes = toDistinguishedName(subject);
  const validity = toValidity(now, days);
  // The guide's length, and the two longer ones that every RS256 implementation supports.
  if (![2048, 3072, 4096].includes(bits)) {
    throw invalid('The key length must be 2048, 3072, or 4096 bits.', 'Use 2048, as in the guide.');
  }

  const keys = await generateRsaKeys(bits);
  const request = forge.pki.createCertificationRequest();
  request.publicKey = keys.forPublic;
  request.setSubject(attributes);
  request.sign(keys.forSigning, forge.md.sha256.create());
  const certificate = createSelfSigned(keys, {
    attributes,
    validity,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
    ],
  });

  return {
    privateKeyPem: keys.pem,
    certificateRequestPem: forge.pki.certificationRequestToPem(request).replaceAll('\r\n', '\n'),
    certificatePem: certificate.pem,
    privateKeyDer: keys.der,
    fingerprint: certificate.fingerprint,
    expiresAt: certificate.expiresAt,
  };
}

/**
 * Creates a TLS certificate for a local server: self-signed, for `localhost`, `127.0.0.1`, `::1`, and the given hosts. A
 * client trusts it as its own certificate authority (`NODE_EXTRA_CA_CERTS`, `curl --cacert`).
 *
 * @returns both as PEM text
 * @throws {ActionError} INPUT_INVALID for a host that is neither a name nor an address, or an invalid number of days
 */
export async function generateServerCertificate(
  options: ServerCertificateOptions,
): Promise<{ key: string; certificate: string }> {
  const { hosts, days, now } = options;
  const altNames = [...new Set([...LOOPBACK, ...hosts])].map(toGeneralName);
  const validity = toValidity(now, days);
  const keys = await generateRsaKeys(2048);
  const certificate = createSelfSigned(keys, {
    attributes: toDistinguishedName({ commonName: 'localhost' }),
    validity,
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
  });
  return { key: keys.pem, certificate: certificate.pem };
}

interface RsaKeys {
  pem: string;
  der: Buffer;
  forSigning: forge.pki.rsa.PrivateKey;
  forPublic: forge.pki.rsa.PublicKey;
}

/** Node generates the key in native code. node-forge would take seconds and use its own source of randomness. */
async function generateRsaKeys(bits: number): Promise<RsaKeys> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: bits });
  const pkcs1 = privateKey.export({ type: 'pkcs1', format: 'der' }).toString('latin1');
  const forSigning = forge.pki.privateKeyFromAsn1(forge.asn1.fromDer(pkcs1));
  return {
    pem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    der: privateKey.export({ type: 'pkcs8', format: 'der' }),
    forSigning,
    forPublic: forge.pki.setRsaPublicKey(forSigning.n, forSigning.e),
  };
}

interface CertificateFields {
  attributes: object[];
  validity: { notBefore: Date; notAfter: Date };
  extensions: object[];
}

function createSelfSigned(
  keys: RsaKeys,
  { attributes, validity, extensions }: CertificateFields,
): Certificate {
  const certificate = forge.pki.createCertificate();
  certificate.publicKey = keys.forPublic;
  certificate.serialNumber = randomSerialNumber();
  certificate.validity = validity;
  certificate.setSubject(attributes);
  certificate.setIssuer(attributes);
  certificate.setExtensions(extensions);
  certificate.sign(keys.forSigning, forge.md.sha256.create());
  return parseCertificate(forge.pki.certificateToPem(certificate), 'certificate');
}

/**
 * 126 random bits in 16 octets. RFC 5280 §4.1.2.2 requires a positive number, so the top bit, the sign, is clear. The next
 * one is set, because DER allows no leading zero octets.
 */
function randomSerialNumber(): string {
  const octets = randomBytes(16);
  octets.writeUInt8((octets.readUInt8(0) & 0x7f) | 0x40, 0);
  return octets.toString('hex');
}

function toValidity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  if (!Number.isInteger(days) || days < 1 || days > 3650) {
    throw invalid('The number of days must be a whole number from 1 to 3650.', 'The guide uses 365.');
  }
  // X.509 has no fractions of a second (RFC 5280 §4.1.2.5). Truncating here keeps the length exact.
  const notBefore = Math.floor((now.getTime() - BACKDATING_MS) / 1000) * 1000;
  return { notBefore: new Date(notBefore), notAfter: new Date(notBefore + days * DAY_MS) };
}

const { PRINTABLESTRING, IA5STRING, UTF8 } = forge.asn1.Type;

/** In openssl's order, with the string types and upper bounds of RFC 5280 appendix A.1. */
const FIELDS = [
  { field: 'country', oid: '2.5.4.6', limit: 2, string: PRINTABLESTRING },
  { field: 'state', oid: '2.5.4.8', limit: 128, string: UTF8 },
  { field: 'locality', oid: '2.5.4.7', limit: 128, string: UTF8 },
  { field: 'organization', oid: '2.5.4.10', limit: 64, string: UTF8 },
  { field: 'organizationalUnit', oid: '2.5.4.11', limit: 64, string: UTF8 },
  { field: 'commonName', oid: '2.5.4.3', limit: 64, string: UTF8 },
  { field: 'emailAddress', oid: '1.2.840.113549.1.9.1', limit: 255, string: IA5STRING },
] as const satisfies { field: keyof Subject; oid: string; limit: number; string: forge.asn1.Type }[];

/** Checks a subject before a key is created for it. @throws {ActionError} INPUT_INVALID */
export function checkSubject(subject: Subject): void {
  toDistinguishedName(subject);
}

/** Plain objects, because @types/node-forge has the wrong type for `valueTagClass`. */
function toDistinguishedName(subject: Subject): object[] {
  if (subject.commonName.trim() === '') {
    throw invalid("The subject's common name is empty.", 'Use a recognizable name, such as ci.example.com.');
  }
  return FIELDS.flatMap(({ field, oid, limit, string }) => {
    const value = (subject[field] ?? '').trim();
    if (value === '') return [];
    if (field === 'country' && !/^[a-z]{2}$/i.test(value)) {
      throw invalid("The subject's country must be two letters.", 'Use its ISO 3166 code, such as US.');
    }
    if (Array.from(value).length > limit) {
      throw invalid(`The subject's ${field} is longer than ${limit} characters.`, 'Shorten it.');
    }
    // A lone surrogate has no UTF-8 form, and a control character would reach terminals and logs.
    if (/[\p{Cc}\p{Cs}]/u.test(value)) {
      throw invalid(
        `The subject's ${field} contains a character that cannot be displayed.`,
        'Type it again.',
      );
    }
    if (string === IA5STRING && /\P{ASCII}/u.test(value)) {
      throw invalid(
        `The subject's ${field} contains characters outside ASCII.`,
        'Use an address in plain ASCII.',
      );
    }
    return {
      type: oid,
      value: field === 'country' ? value.toUpperCase() : value,
      valueTagClass: string,
    };
  });
}

/** The GeneralName of RFC 5280 §4.2.1.6: 7 is an IP address, 2 a DNS name. */
function toGeneralName(host: string): { type: 7; ip: string } | { type: 2; value: string } {
  if (isIP(host) === 4) return { type: 7, ip: host };
  // URL writes an IPv6 address as forge reads it: without dots. It rejects a zone.
  if (isIP(host) === 6 && URL.canParse(`http://[${host}]`)) {
    return { type: 7, ip: new URL(`http://[${host}]`).hostname.slice(1, -1) };
  }
  if (host.length <= 253 && /^(\*\.)?[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*$/i.test(host)) {
    return { type: 2, value: host };
  }
  throw invalid(
    'A host for the server certificate is neither a DNS name nor an IP address.',
    'Use names such as sprinklr.test or addresses such as 192.0.2.1, without scheme and port.',
  );
}

function invalid(problem: string, remedy: string): ActionError {
  return new ActionError('INPUT_INVALID', problem, { remedy });
}
