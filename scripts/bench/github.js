// Stands in for GitHub's API as far as actions/create-github-app-token asks it, over HTTPS: node github.js key.pem cert.pem
import { readFileSync } from 'node:fs';
import { createServer } from 'node:https';

const [key, cert] = process.argv.slice(2).map((file) => readFileSync(file));
const answers = {
  GET: [200, { id: 1, app_slug: 'bench' }],
  POST: [201, { token: `ghs_${'t'.repeat(36)}`, expires_at: '2099-01-01T00:00:00Z', permissions: {} }],
};
const server = createServer({ key, cert }, ({ method }, response) => {
  const [status, body] = answers[method];
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
});
server.listen(0, '127.0.0.1', () => console.log(`listens at https://127.0.0.1:${server.address().port}`));
