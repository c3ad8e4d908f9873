import type { X509Certificate } from 'node:crypto';
import { Refusal, type Answer } from './answers.ts';
import type { World } from './gateway.ts';
import { markup, type Markup } from './markup.ts';
import type { App, RecordedRequest } from './types.ts';

const style = markup`
  :root { color-scheme: light; }
  body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; background: #f6f7f9; color: #1d2530;
    font: 16px/1.5 system-ui, sans-serif; overflow-wrap: anywhere; }
  h1 { font-size: 1.4rem; margin: 0 0 .25rem; } h2 { font-size: 1rem; margin: 0 0 .5rem; }
  main:has(form) { max-width: 32rem; margin: 0 auto; }
  p { margin: .25rem 0; } section > p + dl { margin-top: .75rem; } .soft { color: #55606e; }
  section { background: #fff; border: 1px solid #dfe3e8; border-radius: 10px; padding: 1rem; margin-top: 1rem; }
  dl { display: grid; align-items: baseline; grid-template-columns: minmax(6rem, max-content) 1fr; gap: .25rem 1rem; margin: 0; }
  dl + dl { border-top: 1px solid #edf0f3; margin-top: .75rem; padding-top: .75rem; }
  dt { color: #55606e; } dd { margin: 0; } code { font: .875em/1.5 ui-monospace, monospace; }
  ol { list-style: none; margin: 0; padding: 0; }
  li { display: grid; align-items: baseline; grid-template-columns: 3rem 4.5rem 1fr; border-top: 1px solid #edf0f3; padding: .25rem 0; }
  .good { color: #12703a; } .bad { color: #b3261e; }
  form { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1rem; }
  button { flex: 1 1 8rem; font: inherit; padding: .6rem 1rem; border: 1px solid #b9c1cb; border-radius: 8px;
    background: #fff; color: inherit; cursor: pointer; }
  button[value=allow] { background: #1857b6; border-color: #1857b6; color: #fff; }
  button:focus-visible { outline: 3px solid #8ab4f8; outline-offset: 2px; }`;

/** Asks a person whether the app may have a code; the answer is posted to the page's own address. */
export function consentPage(app: App, { query }: RecordedRequest): Answer {
  const hidden = ['client_id', 'response_type', 'redirect_uri', 'state'].flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [markup`<input type="hidden" name="${name}" value="${value}">`];
  });
  return page(
    200,
    'Allow access?',
    markup`<p class="soft">A simulated Sprinklr. No real account is involved.</p>
<section>
  <p>This app asks for a token that acts as you.</p>
  ${facts([
    ['App', code(redacted(app.apiKey))],
    ['Environment', environmentName(app.environment)],
    ['Goes back to', code(app.redirectUri)],
  ])}
  <form method="post">${hidden}
    <button name="decision" value="allow">Allow</button>
    <button name="decision" value="deny">Deny</button>
  </form>
</section>`,
  );
}

/** Tells a person in a browser why nothing can go on. */
export function refusalPage(status: number, sentence: string): Refusal {
  const body = markup`<section><p>${sentence}</p></section>`;
  return new Refusal(sentence, page(status, 'This cannot go on', body));
}

/** Shows what the simulator holds; of secrets no more than the beginning of an API key. */
export function frontPage({ gateway, state, shown }: World): Answer {
  const apps = state.apps.map((app) => {
    const live = state.liveToken(app.apiKey);
    return facts([
      ['API key', code(redacted(app.apiKey))],
      ['Environment', environmentName(app.environment)],
      ['Live token', live ? markup`since ${instant(live.since)}, until ${instant(live.until)}` : 'none'],
    ]);
  });
  const certificates = state.registrations.map(({ appId, apiKey, certificate }) =>
    facts([
      ['App ID', code(appId)],
      ['API key', code(redacted(apiKey))],
      ['Subject', subjectOf(certificate)],
      ['SHA-256', code(certificate.fingerprint256.replaceAll(':', '').toLowerCase())],
    ]),
  );
  const last = shown.map(requestLine).reverse();
  const none = [markup`<p class="soft">None yet.</p>`];
  return page(
    200,
    'Sprinklr simulator',
    markup`<p class="soft">Gateway ${gateway}. Nothing here is real.</p>
<section><h2>Apps and their tokens</h2>${apps.length > 0 ? apps : none}</section>
<section><h2>Registered certificates</h2>${certificates.length > 0 ? certificates : none}</section>
<section><h2>Last requests</h2>${last.length > 0 ? markup`<ol>${last}</ol>` : none}</section>`,
  );
}

function requestLine({ status, method, path }: RecordedRequest): Markup {
  const tone = status !== undefined && status < 400 ? 'good' : 'bad';
  return markup`<li><span class="${tone}">${status ?? '–'}</span><span>${method}</span>${code(path)}</li>`;
}

function page(status: number, title: string, body: Markup): Answer {
  const { text } = markup`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>${style}</style>
<main>
<h1>${title}</h1>
${body}
</main>
</html>
`;
  const headers = {
    'Content-Type': 'text/html; charset=utf-8',
    'Cache-Control': 'no-store',
    // No form-action, which default-src does not imply: Chromium would hold it against the redirect after the form.
    'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'",
  };
  return { status, headers, body: text };
}

function facts(rows: readonly (readonly [string, string | Markup])[]): Markup {
  return markup`<dl>${rows.map(([term, fact]) => markup`<dt>${term}</dt><dd>${fact}</dd>`)}</dl>`;
}

function code(text: string): Markup {
  return markup`<code>${text}</code>`;
}

/** Node's types leave out that an empty subject is undefined. */
function subjectOf(certificate: X509Certificate): string {
  const subject = certificate.subject as string | undefined;
  return subject?.replaceAll('\n', ', ') ?? '(empty)';
}

/** At most 4 characters, and of a short key none. */
function redacted(apiKey: string): string {
  return apiKey.length > 8 ? `${apiKey.slice(0, 4)}…` : '…';
}

function environmentName(environment: string): string {
  return environment === '' ? 'prod (the default)' : environment;
}

function instant(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
