import type { KeyObject } from 'node:crypto';
import { signAssertion } from '../credentials/assertion.ts';
import type { Certificate } from '../credentials/certificate.ts';
import { sealToken } from '../credentials/sealed-token.ts';
import { ActionError } from '../errors.ts';
import type { AppId } from '../sprinklr/app-id.ts';
import type { Gateway } from '../sprinklr/gateway.ts';
import { createHttpSession, type HttpOptions } from '../sprinklr/http.ts';
import { whoAmI, type Identity } from '../sprinklr/identity.ts';
import { exchangeAssertion, type AccessToken, type DeveloperApp } from '../sprinklr/tokens.ts';
import type { Context } from '../context.ts';
import { checkCertificate } from './certificate-check.ts';
import type { WorkflowRun } from './unseal.ts';

export interface TokenRequest {
  readonly mode: 'token';
  readonly privateKey: KeyObject;
  readonly certificate?: Certificate | undefined;
  readonly certificateWarningDays: number;
  readonly appId: AppId;
  /** Login username of the Sprinklr user that the token acts as. */
  readonly username: string;
  readonly audience: string;
  readonly app: DeveloperApp;
  readonly gateway: Gateway;
  readonly limits: HttpOptions;
  /** Seconds. */
  readonly assertionLifetime: number;
  readonly parametersIn: 'query' | 'body';
  /** Ask whose token it is, and accept only these workspaces; an empty list accepts any. */
  readonly verify?: { readonly allowedWorkspaceIds: readonly string[] } | undefined;
  /** Also seal the token for the other jobs of this run. */
  readonly sealFor?: WorkflowRun | undefined;
  /** How many jobs of a matrix run this step at once, this one included. */
  readonly jobTotal: number;
}

export interface TokenResult {
  readonly mode: 'token';
  readonly accessToken: AccessToken;
  readonly apiUrl: string;
  readonly username: string;
  readonly certificate?: Certificate | undefined;
  readonly identity?: Identity | undefined;
  readonly sealedToken?: string | undefined;
}

/**
 * Mints a token, and seals it as well if asked to.
 *
 * @throws {ActionError} what `mintToken` throws
 */
export async function token(request: TokenRequest, surroundings: Context): Promise<TokenResult> {
  const result = await requestToken(request, surroundings);
  return request.sealFor === undefined
    ? result
    : { ...result, sealedToken: await seal(result, request, surroundings) };
}

/**
 * Signs a fresh assertion, exchanges it, looks whose token came back, and returns it.
 *
 * @throws {ActionError} CERTIFICATE_MISMATCH, CERTIFICATE_EXPIRED, WORKSPACE_NOT_ALLOWED, and what `exchangeAssertion` and
 *   `whoAmI` throw
 */
export async function requestToken(request: TokenRequest, surroundings: Context): Promise<TokenResult> {
  const { certificate, gateway, app, appId, username, parametersIn, verify } = request;
  if (certificate !== undefined) checkCertificate(certificate, request, surroundings);

  // Said first: if this very thing makes the step fail, the reason stands above the failure.
  if (request.sealFor === undefined && request.jobTotal > 1) {
    surroundings.log.notice(
      `This is one of ${request.jobTotal} jobs of a matrix. If each of them makes a token with the same API key, each ends ` +
        'the token of the one before. Mint once, seal, and unseal in each job: see docs/parallel-jobs.md.',
    );
  }

  const sign = (issuedAt: Date): string => {
    const assertion = signAssertion({
      privateKey: request.privateKey,
      issuer: appId,
      subject: username,
      audience: request.audience,
      issuedAt,
      lifetime: request.assertionLifetime,
      id: surroundings.randomUUID(),
    });
    surroundings.secrets.mask(assertion);
    return assertion;
  };
  const http = createHttpSession(request.limits, surroundings);
  const accessToken = await exchangeAssertion(
    http,
    { gateway, app, appId, parametersIn, sign },
    surroundings,
  );

  const identity =
    verify &&
    (await whoAmI(http, { gateway, apiKey: app.apiKey, accessToken: accessToken.value }, surroundings));
  if (identity) requireAllowedWorkspace(identity, verify.allowedWorkspaceIds);
  return { mode: 'token', accessToken, apiUrl: gateway.apiUrl, username, certificate, identity };
}

/** A token of another tenant than the one that was meant goes nowhere. */
function requireAllowedWorkspace({ workspaceId }: Identity, allowed: readonly string[]): void {
  if (allowed.length === 0 || allowed.includes(workspaceId)) return;
  throw new ActionError(
    'WORKSPACE_NOT_ALLOWED',
    `The token belongs to workspace ${workspaceId}, which allowed-workspace-ids does not list. It was not handed on.`,
    'Check that app-id, private-key and username are those of the tenant you meant (sandbox and production share host, key and secret), ' +
      'or add the workspace to allowed-workspace-ids.',
  );
}

/** How often a sealing is made anew before giving up; once is nearly always enough. */
const MAX_SEAL_ATTEMPTS = 10;

/** A runner drops a job's output without a word if a masked value stands in it, so a sealing that holds one by chance is made anew. */
async function seal(
  { accessToken, apiUrl }: Pick<TokenResult, 'accessToken' | 'apiUrl'>,
  { privateKey, sealFor }: TokenRequest,
  { secrets }: Context,
): Promise<string> {
  const { value, type, expiresAt } = accessToken;
  for (let made = 0; sealFor !== undefined && made < MAX_SEAL_ATTEMPTS; made++) {
    const sealed = await sealToken(
      { accessToken: value, tokenType: type, expiresAt, apiUrl },
      { privateKey, ...sealFor },
    );
    if (!secrets.containsSecret(sealed)) return sealed;
  }
  throw new ActionError(
    'INTERNAL',
    'Every sealed token holds one of the masked values, so the runner would drop it.',
    'Use longer secrets: one of a few characters stands in any long text.',
  );
}
