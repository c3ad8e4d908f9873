import { expect, test } from '@jest/globals';
import { registerCertificate } from '../../src/sprinklr/registration.ts';
import { gateway, said, scripted, type Scripted } from './scripted.ts';

const certificate = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n';
const register = ({ http, context }: Scripted): Promise<string> =>
  registerCertificate(
    http,
    { gateway, apiKey: 'k7apikey', accessToken: 'P9+ewuw+Nid5', certificate },
    context,
  );

test('a registration is the documented request, and is repeated only where it was not taken', async () => {
  const sprinklr = scripted(said(201, '{"data":"eyJwSWQiOjF9","Errors":[]}'));

  expect(await register(sprinklr)).toBe('eyJwSWQiOjF9');
  expect(sprinklr.calls).toEqual([
    {
      request: {
        method: 'POST',
        url: new URL('https://api2.sprinklr.com/prod2/api/bdi/app/register'),
        headers: {
          Authorization: 'Bearer P9+ewuw+Nid5',
          'X-API-KEY': 'k7apikey',
          Key: 'k7apikey',
          'Content-Type': 'application/json',
        },
        body: certificate,
      },
      repeat: 'not-taken',
    },
  ]);
});

test.each([
  [199, 'RESPONSE_INVALID'],
  [300, 'REDIRECTED'],
  [401, 'CREDENTIALS_REJECTED'],
])('%i is a refusal', async (status, code) => {
  await expect(register(scripted(said(status, '{"data":"eyJwSWQiOjF9"}')))).rejects.toMatchObject({
    code,
    message: expect.stringContaining(`registration (HTTP ${status})`),
  });
});

test.each(['{"data":"not an App ID","Errors":[]}', '{"data":17}', '{"data":null}', '{}'])(
  '%s holds no App ID',
  async (body) => {
    await expect(register(scripted(said(200, body)))).rejects.toMatchObject({
      code: 'RESPONSE_INVALID',
      message: "Sprinklr's answer to the registration (HTTP 200) holds no App ID.",
    });
  },
);

test('an App ID that is a secret is not handed on', async () => {
  const sprinklr = scripted(said(200, '{"data":"eyJwSWQiOjF9"}'));
  sprinklr.context.secrets.mask('eyJwSWQiOjF9');
  await expect(register(sprinklr)).rejects.toMatchObject({
    code: 'RESPONSE_INVALID',
    message: "Sprinklr's answer to the registration (HTTP 200) has a secret in the place of the App ID.",
  });
});

test('an error in a 200 is named as one of the registration', async () => {
  const answer = said(200, '{"data":null,"errors":[{"message":"no"}]}');
  await expect(register(scripted(answer))).rejects.toMatchObject({
    code: 'RESPONSE_INVALID',
    message: 'Sprinklr\'s answer to the registration (HTTP 200) reports an error. It said: "no".',
  });
});
