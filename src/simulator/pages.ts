import type { X509Certificate } from 'node:crypto';
import { code, definitionList, page, safeHtml, type SafeHtml } from './html.ts';
import { RejectedRequest, type SimulatedResponse } from './responses.ts';
import type { State } from './state.ts';
import type { App, RecordedRequest } from './types.ts';

/** Asks the user whether the app can have a code. The form posts the decision to the page's own address. */
export function consentPage(app: App, { query }: RecordedRequest): SimulatedResponse {
  const hiddenFields = ['client_id', 'response_type', 'redirect_uri', 'state'].flatMap((name) => {
    const value = query.get(name);
    return value === null ? [] : [safeHtml`<input type="hidden" name="${name}" value="${value}">`];
  });
  return page(
    200,
    'Allow access?',
    safeHtml`<p class="soft">A simulated Sprinklr. No real account is involved.</p>
<section>
  <p>This app requests a token that acts as you.</p>
  ${definitionList([
    ['App', code(redact(app.apiKey))],
    ['Environment', environmentName(app.environment)],
    ['Redirects to', code(app.redirectUri)],
  ])}
  <form method="post">${hiddenFields}
    <button name="decision" value="allow">Allow</button>
    <button name="decision" value="deny">Deny</button>
  </form>
</section>`,
  );
}

/** Tells the user in the browser why the authorization failed. */
export function errorPage(status: number, reason: string): RejectedRequest {
  const body = safeHtml`<section><p>${reason}</p></section>`;
  return new RejectedRequest(reason, page(status, 'Authorization failed', body));
}

/** Shows what the simulator knows. The only part of a secret on it is the beginning of an API key. */
export function frontPage(state: State): SimulatedResponse {
  const apps = [...state.apps.values()].map((app) => {
    const live = state.liveToken(app.apiKey);
    return definitionList([
      ['API key', code(redact(app.apiKey))],
      ['Environment', environmentName(app.environment)],
      [
        'Live token',
        live ? `issued ${timestamp(live.issuedAt)}, expires ${timestamp(live.expiresAt)}` : 'none',
      ],
    ]);
  });
  const certificates = [...state.certificates].map(([appId, { apiKey, certificate }]) =>
    definitionList([
      ['App ID', code(appId)],
      ['API key', code(redact(apiKey))],
      ['Subject', subjectOf(certificate)],
      ['SHA-256', code(certificate.fingerprint256.replaceAll(':', '').toLowerCase())],
    ]),
  );
  const requests = state.recentRequests.map(requestItem).reverse();
  const none = [safeHtml`<p class="soft">None yet.</p>`];
  return page(
    200,
    'Sprinklr simulator',
    safeHtml`<p class="soft">Gateway ${state.gateway}. All data is simulated.</p>
<section><h2>Apps and tokens</h2>${apps.length > 0 ? apps : none}</section>
<section><h2>Registered certificates</h2>${certificates.length > 0 ? certificates : none}</section>
<section><h2>Recent requests</h2>${requests.length > 0 ? safeHtml`<ol>${requests}</ol>` : none}</section>`,
  );
}

function requestItem({ status, method, path }: RecordedRequest): SafeHtml {
  const style = status !== undefined && status < 400 ? 'good' : 'bad';
  return safeHtml`<li><span class="${style}">${status ?? '–'}</span><span>${method}</span>${code(path)}</li>`;
}

/** Node's types omit that an empty subject is undefined. */
function subjectOf(certificate: X509Certificate): string {
  const subject = certificate.subject as string | undefined;
  return subject?.replaceAll('\n', ', ') ?? '(empty)';
}

/** Shows the first 4 characters of a long key, and nothing of a short one. */
function redact(apiKey: string): string {
  return apiKey.length > 8 ? `${apiKey.slice(0, 4)}…` : '…';
}

function environmentName(environment: string): string {
  return environment === '' ? 'prod (default)' : environment;
}

function timestamp(epochMs: number): string {
  return `${new Date(epochMs).toISOString().slice(0, 19)}Z`;
}
