import { lookup } from 'node:dns/promises';
import type { Context, Secrets } from '../../context.ts';
import { ActionError } from '../../errors.ts';
import { token, type TokenRequest } from '../../modes/token.ts';
import type { Gateway } from '../../sprinklr/gateway.ts';
import { createHttpSession, type HttpOptions, type HttpSession } from '../../sprinklr/http.ts';
import { whoAmI } from '../../sprinklr/identity.ts';
import { proxyFor } from '../../sprinklr/proxy.ts';
import { describeError, type HttpResponse } from '../../sprinklr/response.ts';
import { serverDate } from '../../sprinklr/retry-delay.ts';
import { MAX_CLOCK_SKEW_SECONDS, type AccessToken, type DeveloperApp } from '../../sprinklr/tokens.ts';
import { createContext } from '../context.ts';
import { progress, type Io } from '../io.ts';
import { failedCheck, type Check } from './check.ts';

interface LiveOptions {
  readonly request: TokenRequest;
  readonly secrets: Secrets;
  /** Asks whether the token can be requested. */
  readonly consent: () => Promise<boolean>;
  /** Gets every call, for `--report`. */
  readonly observe: HttpOptions['observe'];
  readonly io: Io;
}

type Outcome = Omit<Check, 'name'>;

interface Step {
  readonly name: (typeof NAMES)[number];
  /** @throws {ActionError} which becomes the result */
  readonly run: () => Promise<Outcome>;
}

const NAMES = [
  'name resolution',
  'connection',
  'clock difference',
  'consent page',
  'exchange',
  'identity',
] as const;

/** The results if the values already have errors. */
export function skippedLiveChecks(): Check[] {
  return NAMES.map((name) => ({ name, status: 'skipped', found: 'Not tried because of the errors above.' }));
}

/** Calls Sprinklr step by step. After a step that fails, the others are skipped. */
export async function* checkLive(options: LiveOptions): AsyncGenerator<Check> {
  let reason = '';
  for (const step of liveSteps(options)) {
    const check: Check =
      reason === '' ? await resultOf(step) : { name: step.name, status: 'skipped', found: reason };
    yield check;
    if (check.status === 'error') reason = `Not tried because the ${step.name} failed.`;
    if (check.status === 'skipped') reason ||= 'Not tried.';
  }
}

async function resultOf({ name, run }: Step): Promise<Check> {
  try {
    return { name, ...(await run()) };
  } catch (error) {
    if (error instanceof ActionError) return failedCheck(name, error);
    throw error;
  }
}

function liveSteps({ request, secrets, consent, observe, io }: LiveOptions): Step[] {
  const { gateway, app } = request;
  const origin = new URL('/', gateway.apiUrl);
  const warnings: string[] = [];
  const context = { ...createContext(io, secrets), log: collectWarnings(warnings) };
  // The certificate is checked already, and its warnings do not belong here.
  const once = {
    ...request,
    certificate: undefined,
    verify: undefined,
    http: { ...request.http, maxAttempts: 1, observe },
  };
  const session = (): HttpSession => createHttpSession(once.http, context);
  // One step sets these for a later step.
  let response: HttpResponse;
  let accessToken: AccessToken;

  const runs: Record<Step['name'], Step['run']> = {
    'name resolution': () => resolveName(origin),
    connection: async () => {
      progress(io, 'Calling Sprinklr');
      response = await connect(origin, session());
      return { status: 'ok', found: `${origin.origin} responded (HTTP ${response.status}).` };
    },
    'clock difference': () => Promise.resolve(compareClocks(response, context.now())),
    'consent page': () => checkConsentPage(gateway, { app, session: session(), secrets }),
    exchange: async () => {
      if (!(await consent())) return { status: 'skipped', found: 'Not requested, because you declined.' };
      progress(io, 'Requesting a token');
      ({ accessToken } = await token(once, context).catch(suggestSwap));
      return describeToken(accessToken, warnings);
    },
    identity: async () => {
      const bearer = { gateway, apiKey: app.apiKey, accessToken: accessToken.value };
      const { userId, name, email, type, workspaceId, customerId } = await whoAmI(session(), bearer, context);
      const user = [`user ${userId}`, name, email, type].filter((text) => text !== undefined).join(', ');
      return {
        status: 'ok',
        found:
          `The token belongs to ${user}; workspace ${workspaceId}, customer ${customerId}. ` +
          'Discarded locally. It stays valid at Sprinklr until it expires or is replaced.',
      };
    },
  };
  return NAMES.map((name) => ({ name, run: runs[name] }));
}

function collectWarnings(warnings: string[]): Context['log'] {
  const ignore = (): void => undefined;
  const warning = (line: string): void => {
    warnings.push(line);
  };
  return { debug: ignore, info: ignore, notice: ignore, warning };
}

/** Resolves the host of Sprinklr, or of the proxy, which then resolves all other names. */
async function resolveName(origin: URL): Promise<Outcome> {
  const proxy = proxyFor(origin);
  const host = (proxy ?? origin).hostname.replace(/^\[|\]$/g, '');
  const role = proxy === undefined ? '' : ' (the proxy)';
  try {
    const addresses = await lookup(host, { all: true });
    const list = [...new Set(addresses.map(({ address }) => address))].join(', ');
    return { status: 'ok', found: `${host}${role} is ${list}.` };
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw new ActionError('NETWORK_UNREACHABLE', `Cannot resolve ${host}${role}: ${code}.`, {
      remedy:
        'Check base-url, the network and DNS server of this machine, and https_proxy if you need a proxy.',
      cause: error,
    });
  }
}

/** Calls the origin without credentials, whatever it responds. @throws {ActionError} if there is no response */
async function connect(origin: URL, session: HttpSession): Promise<HttpResponse> {
  try {
    return await session.send(() => ({ method: 'GET', url: origin, headers: {}, body: '' }), 'never');
  } catch (error) {
    throw error instanceof ActionError && error.code === 'TLS_FAILED' ? explainTlsFailure(error) : error;
  }
}

/** Adds what OpenSSL's error code means. */
function explainTlsFailure(error: ActionError): ActionError {
  const [, code = ''] = /\(([A-Z_]+)\)/.exec(error.message) ?? [];
  const [, meaning] = TLS_ERRORS.find(([pattern]) => pattern.test(code)) ?? [];
  if (meaning === undefined) return error;
  return new ActionError(error.code, `${error.message} ${meaning}`, { remedy: error.remedy, cause: error });
}

const TLS_ERRORS: readonly [RegExp, string][] = [
  [/^CERT_HAS_EXPIRED$/, "The server's certificate expired, or this machine's clock is ahead."],
  [/^CERT_NOT_YET_VALID$/, "The server's certificate is not valid yet, or this machine's clock is behind."],
  [/ALTNAME|HOSTNAME/, "The server's certificate is for another name."],
  [/SELF_SIGNED|ISSUER|LEAF/, "The server's certificate is from a CA that this machine does not trust."],
  [/EPROTO|WRONG_VERSION/, 'The server does not use TLS on this port, or requires a client certificate.'],
];

function compareClocks({ headers }: HttpResponse, now: Date): Outcome {
  const serverTime = serverDate(headers);
  if (serverTime === undefined) return { status: 'warning', found: 'The response has no Date header.' };
  const seconds = Math.round((now.valueOf() - serverTime.valueOf()) / 1000);
  const found = `This machine's clock is ${Math.abs(seconds)} s ${seconds < 0 ? 'behind' : 'ahead of'} Sprinklr's.`;
  if (Math.abs(seconds) <= MAX_CLOCK_SKEW_SECONDS) return { status: 'ok', found };
  return {
    status: 'warning',
    found,
    remedy: "Correct this machine's clock. Sprinklr rejects a JWT that is expired or from the future.",
  };
}

interface ConsentCheck {
  readonly app: DeveloperApp;
  readonly session: HttpSession;
  readonly secrets: Secrets;
}

/**
 * Requests the consent page as a browser does, which changes nothing. The response distinguishes a wrong redirect URI from
 * a wrong JWT. The exchange does not need the page, so any response is at most a warning.
 */
async function checkConsentPage(
  { authorizationEndpoint }: Gateway,
  { app, session, secrets }: ConsentCheck,
): Promise<Outcome> {
  const url = new URL(authorizationEndpoint);
  url.search = new URLSearchParams({
    client_id: app.apiKey,
    response_type: 'code',
    redirect_uri: app.redirectUri,
  }).toString();
  const response = await session.send(() => ({ method: 'GET', url, headers: {}, body: '' }), 'never');
  const found = `It responded (HTTP ${response.status}).`;
  if (response.status < 400) return { status: 'ok', found };
  const quote = describeError(response, secrets);
  const reason = quote === '' ? '' : ` The server said: "${quote}".`;
  const warning = { status: 'warning', found: `${found}${reason}` } as const;
  if (response.status === 500) {
    const remedy =
      "Sprinklr responds with 500 to a wrong redirect-uri. Compare it with the developer app's callback URL. They must match exactly.";
    return { ...warning, remedy };
  }
  return { ...warning, remedy: 'Check api-key, redirect-uri, and environment.' };
}

/** The values alone do not show which is the key and which is the secret. */
function suggestSwap(error: unknown): never {
  if (!(error instanceof ActionError) || error.code !== 'API_KEY_INACTIVE') throw error;
  const remedy = `${error.remedy} Check that api-key and api-secret are not swapped.`;
  throw new ActionError(error.code, error.message, { remedy, inputs: error.inputs, cause: error });
}

function describeToken({ type, expiresIn, expiresAt }: AccessToken, warnings: readonly string[]): Outcome {
  const expiry =
    expiresAt === undefined
      ? 'without an expiry'
      : `that is valid for ${expiresIn} s. It expires at ${expiresAt.toISOString()}`;
  const found = `Sprinklr issued a ${type} token ${expiry}.`;
  return warnings.length === 0
    ? { status: 'ok', found }
    : { status: 'warning', found: [found, ...warnings].join(' ') };
}
