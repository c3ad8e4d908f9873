import { createPrivateKey } from 'node:crypto';
import { material } from '../action/world.ts';
import { makeMaterial } from '../material.ts';
import { flipBit } from './mutations.ts';

export const PASSPHRASE = 'Pass phrase/of+a key=1';

/** The tests' private key in every form that people paste, and what they paste instead of it. */
export function keyForms(): { valid: Record<string, string>; wrong: Record<string, string> } {
  const { key, secret, der, certificate } = material();
  const openssl = (...args: string[]): Buffer => material().openssl(...args);
  const run = (command: string): string => openssl(...command.split(' ')).toString();
  const pkcs8 = run('pkcs8 -topk8 -nocrypt -in server.key');
  const pkcs1 = run('rsa -in server.key -traditional');
  return {
    valid: {
      'base64 of DER': secret,
      'PKCS#8': pkcs8,
      'PKCS#1': pkcs1,
      'PEM as in the guide': key,
      'base64 of PEM': Buffer.from(key).toString('base64'),
      'PEM on one line': pkcs8.replaceAll('\n', ' '),
      'PEM with escaped line breaks': pkcs1.replaceAll('\n', '\\n'),
      'PEM with CRLF': pkcs8.replaceAll('\n', '\r\n'),
      base64url: der.toString('base64url'),
      encrypted: openssl(
        ...['pkcs8', '-topk8', '-in', 'server.key', '-passout', `pass:${PASSPHRASE}`],
      ).toString(),
    },
    wrong: {
      'another key': makeMaterial().secret,
      'an EC key': run('ecparam -name prime256v1 -genkey -noout'),
      'half of it': secret.slice(0, 800),
      'PEM without its end': pkcs8.slice(0, 1200),
      damaged: flipBit(der, 200).toString('base64'),
      'the certificate': certificate,
      'base64 of a sentence': 'd2hhdGV2ZXIgdGhpcyBpcywgaXQgaXMgbm8ga2V5',
      'a sentence': 'this is not a private key at all',
    },
  };
}

/** The forms of the key that must be masked once it is read, whatever form the step got. */
export function canonicalForms(): string[] {
  const key = createPrivateKey(material().key);
  return [material().secret, key.export({ format: 'pem', type: 'pkcs8' }).toString()];
}
