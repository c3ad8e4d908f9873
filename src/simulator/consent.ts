import type { Answer } from './answers.ts';
import type { World } from './gateway.ts';
import { consentPage, refusalPage } from './pages.ts';
import type { RecordedRequest } from './types.ts';

/**
 * The browser's part of the code grant (RFC 6749 §4.1.1): a page for a person, whose form posts the decision back.
 * Nobody is redirected before client and redirect URI are known to belong together (§4.1.2.1).
 */
export function authorize(world: World, request: RecordedRequest): Answer {
  const decided = request.method === 'POST';
  const asked = decided ? new URLSearchParams(request.body) : request.query;
  const app = world.state.app(asked.get('client_id') ?? '');
  if (app === undefined) throw refusalPage(400, 'No app has this client_id.');
  if (app.environment !== request.environment) {
    throw refusalPage(421, 'This client_id belongs to another environment.');
  }
  if (asked.get('redirect_uri') !== app.redirectUri) {
    throw refusalPage(
      400,
      'The redirect_uri is not, to the letter, the one that the app was registered with.',
    );
  }
  const goBack = (name: string, value: string): Answer => {
    const location = new URL(app.redirectUri);
    location.searchParams.append(name, value);
    const state = asked.get('state');
    if (state !== null) location.searchParams.append('state', state);
    return { status: 302, headers: { Location: location.href, 'Cache-Control': 'no-store' }, body: '' };
  };
  if (asked.get('response_type') !== 'code') return goBack('error', 'unsupported_response_type');
  if (!decided) return consentPage(app, request);
  return asked.get('decision') === 'allow'
    ? goBack('code', world.state.issueCode(app.apiKey))
    : goBack('error', 'access_denied');
}
