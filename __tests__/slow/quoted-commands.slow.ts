import { createPrivateKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { parsePrivateKey, toPkcs8Der } from '../../src/credentials/private-key.ts';
import { actionErrorOf, commandsIn } from '../credentials/action-error.ts';
import { PASSPHRASE, runCommands } from '../credentials/run-commands.ts';

// __tests__/credentials/quoted-commands.test.ts runs the commands that need no Java.
test.each([
  ['private-key', 'server', 'server.key'],
  ['mtls-private-key', 'client', 'client.key'],
])('the commands quoted for a Java keystore as %s create a value that is accepted', (input, name, result) => {
  const generate =
    `keytool -genkeypair -keystore ${name}.jks -storetype JKS -alias ci -keyalg RSA -keysize 2048 -dname CN=ci ` +
    `-storepass ${PASSPHRASE} -keypass ${PASSPHRASE}`;
  const { folder } = runCommands([generate], {});
  const keystore = readFileSync(join(folder, `${name}.jks`));
  const parse = (file: Buffer) => parsePrivateKey({ value: file.toString('base64'), passphrase: '', input });

  const error = actionErrorOf(() => parse(keystore));
  const created = readFileSync(
    join(runCommands(commandsIn(error), { [`${name}.jks`]: keystore }).folder, result),
  );
  expect(toPkcs8Der(parse(created))).toEqual(toPkcs8Der(createPrivateKey(created)));
});
