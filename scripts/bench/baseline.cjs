// The least code that requests a token: one JWT, one request, one mask, no error handling. It is CommonJS because an ES
// import of node:http makes Node.js load its own undici.
const { createPrivateKey, randomUUID, sign } = require('node:crypto');
const { appendFileSync } = require('node:fs');
const { request } = require('node:https');

const input = (/** @type {string} */ name) => process.env[`INPUT_${name.toUpperCase()}`] ?? '';
const encode = (/** @type {object} */ value) => Buffer.from(JSON.stringify(value)).toString('base64url');

const der = Buffer.from(input('private-key'), 'base64');
const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
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
const query = new URLSearchParams({
  client_id: input('api-key'),
  client_secret: input('api-secret'),
  redirect_uri: input('redirect-uri'),
  grant_type: 'authorization_code',
  refresh_token: `${signed}.${sign('sha256', Buffer.from(signed), key).toString('base64url')}`,
});
const path = `${input('environment')}/oauth/apptoken/${encodeURIComponent(input('app-id'))}`;
const headers = {
  key: input('api-key'),
  'Content-Type': 'application/x-www-form-urlencoded',
  'Content-Length': 0,
};
const url = `${input('base-url')}/${path}?${String(query)}`;
request(url, { method: 'POST', headers, agent: false }, (response) => {
  let body = '';
  response.on('data', (/** @type {Buffer} */ chunk) => (body += String(chunk)));
  response.on('end', () => {
    /** @type {unknown} */
    const parsed = JSON.parse(body);
    const { access_token: token } = /** @type {{ access_token: string }} */ (parsed);
    console.log(`::add-mask::${token}`);
    appendFileSync(process.env['GITHUB_OUTPUT'] ?? '', `access-token=${token}\n`);
  });
}).end();
