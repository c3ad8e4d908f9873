import { expect, test } from '@jest/globals';
import { toKeyError, type KeyProblem } from '../../src/credentials/key-problems.ts';

const looks = {
  ...{ empty: 0, damaged: 0, 'cut-short': 0, 'end-missing': 0, trailing: 0, oversized: 0 },
  ...{ 'first-line': 0, 'end-line': 0, 'frame-garbled': 0, 'frame-unknown': 0, 'raw-bytes': 0 },
  ...{ certificate: 0, 'certificate-request': 0, 'public-key': 0, openssh: 0, ppk: 0, pkcs12: 0, jks: 0 },
  ...{ pkcs7: 0, dsa: 0, 'other-der': 0, path: 0, jwt: 0, json: 0, markup: 0, hex: 0, placeholder: 0 },
  ...{ 'base64-unknown': 0, 'text-unknown': 0 },
  ...{ 'passphrase-missing': 0, 'passphrase-wrong': 0, 'cipher-unsupported': 0 },
} satisfies Record<KeyProblem, 0>;

test.each(['private-key', 'mtls-private-key'])('all that is said of what is no key in %s', (input) => {
  const said = Object.keys(looks).map((look) => {
    const { code, message, remedy } = toKeyError(look as KeyProblem, input, { length: 1200, size: 1218 });
    return `${look}: ${code}\n  ${message}\n  ${remedy}`;
  });
  expect(said.join('\n')).toMatchSnapshot();
});
