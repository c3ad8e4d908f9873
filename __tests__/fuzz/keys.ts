import { createPrivateKey } from 'node:crypto';
import { makeMaterial } from '../material.ts';
import { material } from '../action/world.ts';

export const PASSPHRASE = 'Pass phrase/of+a key=1';

/** The key of these tests, in the forms that people paste; and what they paste instead. */
export function pastedKeys(): { forms: Record<string, string>; wrong: Record<string, string> } {
  const { key, secret, der, certificate } = material();
  const openssl = (...args: string[]): Buffer => material().openssl(...args);
  const pkcs8 = openssl('pkcs8', '-topk8', '-nocrypt', '-in', 'server.key').toString();
  const pkcs1 = openssl('rsa', '-in', 'server.key', '-traditional').toString();
  const encrypted = openssl(
    'pkcs8',
    '-topk8',
    '-in',
    'server.key',
    '-passout',
    `pass:${PASSPHRASE}`,
  ).toString();
  const ec = openssl('ecparam', '-name', 'prime256v1', '-genkey', '-noout').toString();
  const other = makeMaterial();
  const damaged = Buffer.from(der);
  damaged.writeUInt8(damaged.readUInt8(200) ^ 4, 200);
  return {
    forms: {
      'base64 of DER': secret,
      'PKCS#8': pkcs8,
      'PKCS#1': pkcs1,
      'as the guide has it': key,
      'base64 of PEM': Buffer.from(key).toString('base64'),
      'on one line': pkcs8.replaceAll('\n', ' '),
      'with line ends written out': pkcs1.replaceAll('\n', '\\n'),
      'with line ends of Windows': pkcs8.replaceAll('\n', '\r\n'),
      'URL-safe': der.toString('base64url'),
      encrypted,
    },
    wrong: {
      'another key': other.secret,
      'an EC key': ec,
      'half of it': secret.slice(0, 800),
      'PEM without its end': pkcs8.slice(0, 1200),
      damaged: damaged.toString('base64'),
      'the certificate': certificate,
      'no key': 'd2hhdGV2ZXIgdGhpcyBpcywgaXQgaXMgbm8ga2V5',
      words: 'this is not a private key at all',
    },
  };
}

/** The key in the forms that have to be masked once it has been read, in whatever form it was given. */
export function canonicalForms(): string[] {
  const key = createPrivateKey(material().key);
  return [material().secret, key.export({ format: 'pem', type: 'pkcs8' }).toString()];
}
