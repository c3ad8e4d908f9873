import type { Gateway, RecordedRequest } from './types.ts';

type Route = Pick<RecordedRequest, 'endpoint' | 'environment' | 'appId'>;

const registerPath = { api2: '/api/bdi/app/register', api3: '/api/app/register' };

/** What each endpoint is called with; an HTML form posts back to `authorize`. */
export const methods: Record<NonNullable<Route['endpoint']>, readonly string[]> = {
  front: ['GET'],
  register: ['POST'],
  apptoken: ['POST'],
  token: ['POST'],
  authorize: ['GET', 'POST'],
  me: ['GET'],
};

/** Finds what a path (percent-encoded, without query) asks for; its endpoint is undefined where there is nothing. */
export function findRoute(gateway: Gateway, path: string): Route {
  if (path === '/') return { endpoint: 'front', environment: '', appId: '' };
  const [, environment = '', tail = ''] = /^(?:\/([^/]+))?(\/(?:api|oauth)\/.+)$/.exec(path) ?? [];
  const appId = /^\/oauth\/apptoken\/([^/]+)$/.exec(tail)?.[1];
  if (appId !== undefined) {
    const decoded = percentDecoded(appId);
    return { endpoint: decoded === undefined ? undefined : 'apptoken', environment, appId: decoded ?? '' };
  }
  return { endpoint: fixedTail(gateway, tail), environment, appId: '' };
}

function fixedTail(gateway: Gateway, tail: string): Route['endpoint'] {
  switch (tail) {
    case registerPath[gateway]:
      return 'register';
    case '/oauth/token':
      return 'token';
    case '/oauth/authorize':
      return 'authorize';
    case '/api/v2/me':
      return 'me';
    default:
      return undefined;
  }
}

function percentDecoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
