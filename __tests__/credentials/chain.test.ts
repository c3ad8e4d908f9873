import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import {
  checkCertificate,
  parseCertificate,
  parseCertificateChain,
  type Certificate,
} from '../../src/credentials/certificate.ts';
import { parseRequest } from '../../src/request/parse.ts';
import { makeMaterial } from '../material.ts';
import { actionErrorOf } from './action-error.ts';
import { base64, flipBits, pemBlock } from './encodings.ts';

// A folder with the guide's files, a root, an authority that it issued, and an authority of the leaf's own name.
const made = makeMaterial();
const openssl = (command: string): string => made.openssl(...command.split(' ')).toString();
const SUBJECT = '/C=US/O=Example/CN=ci.example.com';
for (const name of ['root', 'ca']) openssl(`genrsa -out ${name}.key 2048`);
openssl('req -new -x509 -days 99 -key root.key -subj /CN=root -out root.crt');
openssl(`req -new -x509 -days 99 -key root.key -subj ${SUBJECT} -out same-name.crt`);
openssl('req -new -key ca.key -subj /CN=ca -out ca.csr');
writeFileSync(join(made.folder, 'ids'), 'subjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n');
writeFileSync(join(made.folder, 'ca-ids'), 'basicConstraints=CA:true\nsubjectKeyIdentifier=hash\n');
openssl('x509 -req -in ca.csr -CA root.crt -CAkey root.key -CAcreateserial -extfile ca-ids -out ca.crt');
const read = (name: string): string => made.read(name).toString();
const issue = (ca: string, key: string, options = ''): string =>
  openssl(`x509 -req -days 9 -in server.csr -CA ${ca}.crt -CAkey ${key}.key -CAcreateserial${options}`);

const [root, ca, guide] = ['root.crt', 'ca.crt', 'server.crt'].map(read) as [string, string, string];
const leaf = issue('ca', 'ca');
const renewed = issue('ca', 'ca');
const sameName = read('same-name.crt');
const withoutIds = issue('same-name', 'root');
const withIds = issue('same-name', 'root', ' -extfile ids');
const selfSignedWithIds = openssl(`req -new -x509 -key server.key -subj ${SUBJECT}`);
const withOwnId = openssl(
  `req -new -x509 -key server.key -subj ${SUBJECT} -addext authorityKeyIdentifier=none`,
);
const stranger = makeMaterial();
const ownKey = createPrivateKey(made.key);
const rootKey = createPrivateKey(read('root.key'));

const parse = (value: string, key?: KeyObject): Certificate =>
  parseCertificate(value, 'certificate', () => key);
const derOf = (pem: string): Buffer => new X509Certificate(pem).raw;
const flipped = (pem: string, at: number): string => pemBlock('CERTIFICATE', flipBits(derOf(pem), at));
const flippedSignature = (pem: string): string => flipped(pem, derOf(pem).length - 9);
/** The offset of the last octet of the subject's name, in the certificate's last use of it. */
const nameEnd = (pem: string): number => derOf(pem).lastIndexOf('example.com') + 3;
/** The offset of the digits of the dates. */
const dates = (pem: string): number => derOf(pem).indexOf('170d', 0, 'hex') + 8;
const keyMiddle = (pem: string): number => nameEnd(pem) + 150;

test.each<[string, string, boolean]>([
  ['signed by the key itself', guide, true],
  ['signed by the key itself, with key identifiers', selfSignedWithIds, true],
  ['issued by an authority of another name', leaf, true],
  ['issued by an authority of the same name, with key identifiers', withIds, true],
  ['issued by an authority of the same name, without key identifiers', withoutIds, false],
  ['issued by an authority of the same name, which is in the file', withoutIds + sameName, true],
  ['self-signed, with a changed signature', flippedSignature(guide), false],
  ['self-signed, with one key identifier and a changed signature', flippedSignature(withOwnId), false],
  ['self-signed, with a changed key', flipped(guide, keyMiddle(guide)), false],
])('accepts a certificate %s, and warns unless its signer is known', (_, value, isKnown) => {
  const warnings: string[] = [];
  const nothing = (): void => undefined;
  const log = {
    debug: nothing,
    info: nothing,
    notice: nothing,
    warning: (line: string): void => void warnings.push(line),
  };
  const certificate = parse(value);
  expect(certificate.fingerprint).toBe(
    new X509Certificate(value).fingerprint256.replaceAll(':', '').toLowerCase(),
  );
  expect(certificate.hasKnownSigner).toBe(isKnown);

  checkCertificate(certificate, { certificateWarningDays: 0 }, { now: () => new Date(), log });
  expect(warnings).toHaveLength(isKnown ? 0 : 1);
  for (const warning of warnings) {
    expect(warning).toContain(certificate.fingerprint);
    expect(warning).toContain('`openssl x509 -in server.crt -noout -fingerprint -sha256`');
  }
});

test.each<[string, string]>([
  ['the name', flipped(guide, nameEnd(guide))],
  ['the dates', flipped(guide, dates(guide))],
  ['the name, with key identifiers', flipped(selfSignedWithIds, nameEnd(selfSignedWithIds))],
  [
    'the key identifier',
    flipped(selfSignedWithIds, derOf(selfSignedWithIds).indexOf('0603551d0e', 0, 'hex') + 12),
  ],
  ['the signature, with key identifiers', flippedSignature(selfSignedWithIds)],
  ['the dates of a leaf whose issuer is in the file', flipped(leaf, dates(leaf)) + ca],
])('rejects a certificate as damaged if a bit was flipped in %s', (_, value) => {
  const error = actionErrorOf(() => parse(value));
  expect(error).toMatchObject({ code: 'CERTIFICATE_UNREADABLE', inputs: ['certificate'] });
  expect(error.message).toContain('damaged');
});

/** The values, the private key if it is given, and the certificate that is taken from them. */
test.each<[string, string[], KeyObject | undefined, string]>([
  ['the leaf first', [leaf, ca, root], undefined, leaf],
  ['the leaf last', [root, ca, leaf], undefined, leaf],
  ['the leaf in the middle', [root, leaf, ca], undefined, leaf],
  ['an authority of the same name first', [sameName, withoutIds], undefined, withoutIds],
  ['an authority of the same name with key identifiers first', [sameName, withIds], undefined, withIds],
  ['the same certificate twice', [guide, guide], undefined, guide],
  ['a chain without a link', [root, leaf], ownKey, leaf],
  ['certificates of two keys', [stranger.certificate, guide], ownKey, guide],
  ['a chain and another certificate', [stranger.certificate, root, ca, leaf], ownKey, leaf],
  ["a chain, and an authority's key", [leaf, ca, root], rootKey, root],
])('takes one certificate from %s', (_, ...[values, key, expected]) => {
  for (const value of [values.join(''), base64(values.join('')), base64(Buffer.concat(values.map(derOf)))])
    expect(parse(value, key).pem).toBe(expected);
});

test.each<[string, string[], KeyObject | undefined, string[]]>([
  [
    'certificates without a chain',
    [guide, stranger.certificate],
    undefined,
    ['2 certificates', 'Set `private-key`'],
  ],
  ['a chain without a link', [leaf, root], undefined, ['CN=root (expires ', 'CN=ci.example.com (expires ']],
  [
    'two certificates of the private key',
    [leaf, renewed, ca],
    ownKey,
    ['2 certificates that match `private-key`'],
  ],
  ['four certificates', [guide, stranger.certificate, leaf, renewed], undefined, ['4 certificates']],
  [
    'many certificates',
    [guide, stranger.certificate, leaf, renewed, root, sameName],
    undefined,
    ['; 2 more'],
  ],
])('refuses to choose from %s, and lists them', (_, ...[values, key, facts]) => {
  const error = actionErrorOf(() => parse(values.join(''), key));
  expect(error).toMatchObject({ code: 'CERTIFICATE_UNREADABLE', inputs: ['certificate'] });
  for (const fact of facts) expect(`${error.message} ${error.remedy}`).toContain(fact);
  expect(error.message.includes(' more')).toBe(values.length > 4);
});

test('a subject in a message has no control characters or quotes, and is cut', () => {
  const name = `\`\u001b[2J\u2028${'x'.repeat(50)}`;
  const hostile = made.openssl(
    ...'req -new -x509 -utf8 -key root.key -subj'.split(' '),
    `/CN=${name}/O=${name}`,
  );
  const { message } = actionErrorOf(() => parse(guide + hostile.toString()));
  expect(message).toMatch(/CN=\S*x{50}, O=[^x]*x{9,20} \(expires \d{4}-\d\d-\d\d\)/);
  expect(message).not.toMatch(/[\p{Cc}\u2028]/u);
  expect(message.match(/`/g)).toHaveLength(4);
});

test('without a private key to read, takes the leaf', () => {
  expect(parseCertificate(root + ca + leaf, 'certificate').pem).toBe(leaf);
});

test('several certificates, none of them of the private key, do not match it', () => {
  const key = createPrivateKey(stranger.key);
  expect(actionErrorOf(() => parse(leaf + ca, key)).code).toBe('CERTIFICATE_MISMATCH');
});

const app = {
  'api-key': 'k3y',
  'authorization-code': 'code',
  'api-secret': 'secret',
  'redirect-uri': 'https://www.example.com/callback',
};
function requestOf(inputs: Record<string, string>): ReturnType<typeof parseRequest> {
  const secrets = {
    mask: () => undefined,
    containsSecret: () => false,
    redact: (text: string) => text,
    reveals: () => false,
  };
  const sealScope = (): never => {
    throw new Error('nothing is sealed');
  };
  return parseRequest((name) => inputs[name] ?? '', { secrets, sealScope });
}

test.each([
  ['by its chain', [root, ca, leaf], '', leaf],
  ['by the private key', [stranger.certificate, guide], made.secret, guide],
])('register uploads only the leaf, chosen %s', (_, ...[values, key, expected]) => {
  const request = requestOf({ ...app, mode: 'register', certificate: values.join(''), 'private-key': key });
  expect('certificate' in request && request.certificate?.pem).toBe(expected);
});

// The client certificate for mutual TLS.

const clientOf = (certificate: string, key: string, privateKey = stranger.secret): string | undefined => {
  const request = requestOf({
    ...app,
    mode: 'register',
    certificate: stranger.certificate,
    'private-key': privateKey,
    'mtls-certificate': certificate,
    'mtls-private-key': key,
  });
  return 'http' in request ? request.http.clientCertificate?.cert : undefined;
};

test.each<[string, string[]]>([
  ['in order', [leaf, ca, root]],
  ['reversed', [root, ca, leaf]],
  ['shuffled, with a repetition', [ca, root, leaf, ca]],
])('a client certificate is sent leaf first, whatever the order of the file: %s', (_, values) => {
  expect(clientOf(values.join(''), made.key)).toBe(leaf + ca + root);
  expect(parseCertificateChain(values.join(''), 'mtls-certificate')).toBe(leaf + ca + root);
});

test('a client certificate keeps what is not in its chain at the end', () => {
  expect(clientOf(sameName + ca + leaf, made.key)).toBe(leaf + ca + sameName);
});

test.each<[string, () => unknown, string[], string]>([
  [
    'the certificate of private-key',
    () => clientOf(stranger.certificate, made.key),
    ['mtls-certificate'],
    '`private-key`',
  ],
  ['the key of private-key', () => clientOf(leaf, stranger.key), ['mtls-private-key'], '`private-key`'],
  [
    'the certificate of private-key, in a chain',
    () => clientOf(stranger.certificate + root, made.key),
    ['mtls-certificate'],
    '`private-key`',
  ],
  ['one authority', () => clientOf(ca, made.key), ['mtls-certificate'], 'only CA certificates'],
  [
    'another pair and an authority, without private-key',
    () => clientOf(guide + ca, read('root.key'), ''),
    ['mtls-certificate', 'mtls-private-key'],
    'CN=ci.example.com',
  ],
  ['only authorities', () => clientOf(ca + root, made.key), ['mtls-certificate'], 'only CA certificates'],
  [
    'another pair',
    () => clientOf(guide, read('ca.key')),
    ['mtls-certificate', 'mtls-private-key'],
    'CN=ci.example.com',
  ],
  [
    'another pair, self-signed as an authority',
    () => clientOf(selfSignedWithIds, read('ca.key')),
    ['mtls-certificate', 'mtls-private-key'],
    'CN=ci.example.com',
  ],
])(
  'a client certificate that does not match its key names the wrong file: %s',
  (_, ...[act, inputs, fact]) => {
    const error = actionErrorOf(act);
    expect(error).toMatchObject({ code: 'CERTIFICATE_MISMATCH', inputs });
    expect(error.message).toMatch(/^`mtls-certificate` does not match `mtls-private-key`: /);
    expect(error.message).toContain(fact);
    for (const name of ['client.crt', 'client.key']) expect(error.remedy).toContain(name);
  },
);

test.each<[string, string, string]>([
  ['damaged', flipped(guide, dates(guide)), 'damaged'],
  ['two of the same key', leaf + renewed, '2 certificates that match `mtls-private-key`'],
])('a client certificate is rejected: %s', (_, value, fact) => {
  const error = actionErrorOf(() => clientOf(value, made.key));
  expect(error).toMatchObject({ code: 'CERTIFICATE_UNREADABLE', inputs: ['mtls-certificate'] });
  expect(error.message).toContain(fact);
});
