import { expect, test } from '@jest/globals';
import { registerCertificate } from '../../src/sprinklr/registration.ts';
import { fakeSession, gateway, httpResponse, type FakeSession } from './fake-session.ts';

const certificate = '-----BEGIN CERTIFICATE-----\nMIIC\n-----END CERTIFICATE-----\n';
const register = ({ http, context }: FakeSession): Promise<string> =>
  registerCertificate(
    http,
    { gateway, apiKey: 'k7apikey', accessToken: 'P9+ewuw+Nid5', certificate },
    context,
  );

test('a registration sends the documented request, and is retried only if it was not sent', async () => {
  const session = fakeSession(httpResponse(201, '{"data":"eyJwSWQiOjF9","Errors":[]}'));

  expect(await register(session)).toBe('eyJwSWQiOjF9');
  expect(session.calls).toEqual([
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
      retryPolicy: 'if-unsent',
    },
  ]);
});

test.each([
  [199, 'RESPONSE_INVALID'],
  [300, 'REDIRECTED'],
  [401, 'CREDENTIALS_REJECTED'],
])('HTTP %i fails the registration', async (status, code) => {
  const session = fakeSession(httpResponse(status, '{"data":"eyJwSWQiOjF9"}'));
  await expect(register(session)).rejects.toMatchObject({
    code,
    message: expect.stringMatching(new RegExp(`^Registration failed .*HTTP ${status}`)),
  });
});

test.each([
  ['{"data":"not an App ID","Errors":[]}', 'no App ID'],
  ['{"data":17}', 'no App ID'],
  ['{"data":null}', 'no App ID'],
  ['{}', 'no App ID'],
  ['{"data":"eyJtYXNrZWQiOjF9"}', 'a secret in place of the App ID'],
  ['{"data":null,"errors":[{"message":"no such app"}]}', /error.*"no such app"/],
])('a 200 of %s fails the registration', async (body, problem) => {
  const session = fakeSession(httpResponse(200, body));
  session.context.secrets.mask('eyJtYXNrZWQiOjF9');
  const registration = register(session);
  await expect(registration).rejects.toMatchObject({ code: 'RESPONSE_INVALID' });
  await expect(registration).rejects.toThrow(/^Registration failed.*HTTP 200/);
  await expect(registration).rejects.toThrow(problem);
});
