import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readInputs } from '../../action/inputs.ts';
import { createSecrets } from '../../redaction.ts';
import { readPrivateKey, requireRs256, toPkcs8Der } from '../../credentials/private-key.ts';
import type { ActionError } from '../../errors.ts';
import type { TokenRequest } from '../../modes/token.ts';
import type { Secrets } from '../../context.ts';
import { attempt } from './check.ts';
import { valueOf, type Values } from './values.ts';

/** What the action says of the named inputs, word for word; `undefined` where it takes them. */
export type ActionReader = (...names: string[]) => ActionError | undefined;

/**
 * Asks the action's own reader about one input at a time: all others are replaced by ones that surely are in order,
 * so whatever it refuses, it refuses for the input in question.
 */
export function createActionReader(values: Values): ActionReader {
  const inOrder: Readonly<Record<string, string>> = {
    'private-key': toPkcs8Der(soundKey(values)).toString('base64'),
    'app-id': 'eyJwSWQiOjF9',
    username: 'somebody',
    'api-key': 'some-key',
    'api-secret': 'some-secret',
    'redirect-uri': 'https://www.example.com/callback',
  };
  return (...names) => {
    const read = (name: string): string =>
      names.includes(name) ? valueOf(values, name) : (inOrder[name] ?? '');
    const request = attempt(() =>
      readInputs(
        read,
        createSecrets(() => undefined),
      ),
    );
    return request instanceof Error ? request : undefined;
  };
}

/** The given key where the action takes it, as making another takes a while. */
function soundKey(values: Values): KeyObject {
  const pasted = {
    value: valueOf(values, 'private-key'),
    passphrase: valueOf(values, 'private-key-passphrase'),
    input: 'private-key',
  };
  const key = attempt(() => requireRs256(readPrivateKey(pasted), pasted.input));
  return key instanceof Error ? generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey : key;
}

/** The request that the action would make of all the values. @throws {ActionError} */
export function readTokenRequest(values: Values, secrets: Secrets): TokenRequest {
  const { request } = readInputs((name) => valueOf(values, name), secrets);
  if (request.mode !== 'token') throw new Error('The default mode is not token.');
  return request;
}
