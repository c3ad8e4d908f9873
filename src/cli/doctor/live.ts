import { randomUUID } from 'node:crypto';
import { ActionError } from '../../errors.ts';
import { token, type TokenRequest } from '../../modes/token.ts';
import type { HttpResponse } from '../../sprinklr/response.ts';
import { createHttpSession, type HttpSession } from '../../sprinklr/http.ts';
import { whoAmI } from '../../sprinklr/identity.ts';
import type { AccessToken } from '../../sprinklr/tokens.ts';
import type { Secrets, Context } from '../../context.ts';
import { during } from '../terminal.ts';
import { refused, type Check } from './check.ts';
import { compareClocks, reach, resolveName, type Outcome } from './network.ts';

export interface Live {
  readonly request: TokenRequest;
  readonly secrets: Secrets;
  /** Asks whether the one exchange may be made. */
  readonly consent: () => Promise<boolean>;
}

interface Step {
  readonly name: string;
  /** @throws {ActionError} which is a result, too */
  readonly run: () => Promise<Outcome>;
}

const NAMES = ['name resolution', 'connection', 'clock difference', 'exchange', 'identity'] as const;

/** What stands for the live checks where something is wrong already. */
export function liveNotTried(): Check[] {
  const found = 'Not tried, because of what is wrong above.';
  return NAMES.map((name) => ({ name, status: 'skipped', found }));
}

/** Goes to Sprinklr, step by step; what comes after a step that failed is not tried. */
export async function* checkLive(live: Live): AsyncGenerator<Check> {
  let stopped = '';
  for (const { name, run } of steps(live)) {
    const check: Check =
      stopped === '' ? await resultOf({ name, run }) : { name, status: 'skipped', found: stopped };
    yield check;
    if (check.status === 'wrong') stopped = `Not tried, because of what is wrong with the ${name}.`;
    if (check.status === 'skipped') stopped ||= 'Not tried.';
  }
}

async function resultOf({ name, run }: Step): Promise<Check> {
  try {
    return { name, ...(await run()) };
  } catch (error) {
    if (error instanceof ActionError) return refused(name, error);
    throw error;
  }
}

function steps({ request, secrets, consent }: Live): Step[] {
  const { gateway, app } = request;
  const origin = new URL('/', gateway.apiUrl);
  const warnings: string[] = [];
  const surroundings = liveSurroundings(secrets, warnings);
  const once = { ...request, verify: undefined, http: { ...request.http, maxAttempts: 1 } };
  const http = (): HttpSession => createHttpSession(once.http, surroundings);
  // What a step leaves for the next.
  let answer: HttpResponse;
  let accessToken: AccessToken;

  const runs: Record<(typeof NAMES)[number], Step['run']> = {
    'name resolution': () => during('Resolving the name', resolveName(origin)),
    connection: async () => {
      answer = await during(`Calling ${origin.host}`, reach(origin, http()));
      return { status: 'ok', found: `${origin.origin} answers (HTTP ${answer.status}).` };
    },
    'clock difference': () => Promise.resolve(compareClocks(answer, surroundings.now())),
    exchange: async () => {
      if (!(await consent())) return { status: 'skipped', found: 'Not made, as you said no.' };
      const minted = await during('Exchanging a JWT', token(once, surroundings)).catch(suspectSwap);
      ({ accessToken } = minted);
      return describeToken(accessToken, warnings);
    },
    identity: async () => {
      const bearer = { gateway, apiKey: app.apiKey, accessToken: accessToken.value };
      const identity = await during('Asking whose token it is', whoAmI(http(), bearer, surroundings));
      const { userId, name, email, type, workspaceId, customerId } = identity;
      const who = [`user ${userId}`, name, email, type].filter((text) => text !== undefined).join(', ');
      return {
        status: 'ok',
        found: `The token is that of ${who}; workspace ${workspaceId}, customer ${customerId}. It was thrown away here; at Sprinklr it lives on until its end or the next exchange.`,
      };
    },
  };
  return NAMES.map((name) => ({ name, run: runs[name] }));
}

function liveSurroundings(secrets: Secrets, warnings: string[]): Context {
  const silent = (): void => undefined;
  const warning = (line: string): void => {
    warnings.push(line);
  };
  return {
    log: { debug: silent, info: silent, notice: silent, warning },
    secrets,
    now: () => new Date(),
    random: Math.random,
    randomUUID: randomUUID,
  };
}

/** Nothing in the values themselves tells a key from a secret. */
function suspectSwap(error: unknown): never {
  if (!(error instanceof ActionError) || error.code !== 'API_KEY_INACTIVE') throw error;
  throw new ActionError(error.code, error.message, {
    remedy: `${error.remedy} \`api-key\` and \`api-secret\` may also be swapped.`,
    cause: error,
  });
}

function describeToken({ type, expiresIn, expiresAt }: AccessToken, warnings: readonly string[]): Outcome {
  const found = `Sprinklr gave a ${type} token for ${expiresIn} s, to ${expiresAt.toISOString()}.`;
  return warnings.length === 0
    ? { status: 'ok', found }
    : { status: 'warning', found: [found, ...warnings].join(' ') };
}
