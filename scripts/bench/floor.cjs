// The least that gets a token: no check of anything, no second try, one mask. CommonJS, since an ES import of node:http
// makes Node 22 and newer load all of its own undici for the export WebSocket.
const { createPrivateKey, randomUUID, sign } = require('node:crypto');
const { appendFileSync } = require('node:fs');

const input = (name) => process.env[`INPUT_${name.toUpperCase()}`];
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

const key = createPrivateKey({
  key: Buffer.from(input('private-key'), 'base64'),
  format: 'der',
  type: 'pkcs8',
});
const now = Math.floor(Date.now() / 1000);
const claims = {
  iss: input('app-id'),
  sub: input('username'),
  aud: 'https://www.sprinklr.com/',
  iat: now,
  exp: now + 180,
  jti: randomUUID(),
};
const signed = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}`;
const assertion = `${signed}.${sign('sha256', signed, key).toString('base64url')}`;
const query = new URLSearchParams({
  client_id: input('api-key'),
  client_secret: input('api-secret'),
  redirect_uri: input('redirect-uri'),
  grant_type: 'authorization_code',
  refresh_token: assertion,
});
const url = `${input('base-url')}/${input('environment')}/oauth/apptoken/${encodeURIComponent(input('app-id'))}?${query}`;
const { request } = url.startsWith('https:') ? require('node:https') : require('node:http');
const headers = {
  key: input('api-key'),
  'Content-Type': 'application/x-www-form-urlencoded',
  'Content-Length': 0,
};
request(url, { method: 'POST', headers, agent: false }, (answer) => {
  let body = '';
  answer.on('data', (chunk) => (body += chunk));
  answer.on('end', () => {
    const { access_token: token } = JSON.parse(body);
    console.log(`::add-mask::${token}`);
    appendFileSync(process.env.GITHUB_OUTPUT, `access-token=${token}\n`);
  });
}).end();
