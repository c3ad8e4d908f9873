import type { KeyObject } from 'node:crypto';
import type { Context } from '../context.ts';
import { signAssertion } from '../credentials/assertion.ts';
import { checkCertificate, type Certificate } from '../credentials/certificate.ts';
import { sealToken, type SealKey, type SealScope } from '../credentials/sealed-token.ts';
import { ActionError } from '../errors.ts';
import type { AppId } from '../sprinklr/app-id.ts';
import type { Gateway } from '../sprinklr/gateway.ts';
import { createHttpSession, type HttpOptions } from '../sprinklr/http.ts';
import { whoAmI, type Identity } from '../sprinklr/identity.ts';
import { exchangeAssertion, type AccessToken, type DeveloperApp } from '../sprinklr/tokens.ts';

export interface TokenRequest {
  readonly mode: 'token';
  readonly privateKey: KeyObject;
  readonly certificate?: Certificate | undefined;
  /** Days. */
  readonly certificateWarningDays: number;
  readonly appId: AppId;
  /** Login username of the Sprinklr user that the token acts as. */
  readonly username: string;
  readonly audience: string;
  readonly app: DeveloperApp;
  readonly gateway: Gateway;
  readonly http: HttpOptions;
  /** Seconds. */
  readonly assertionLifetime: number;
  readonly parametersIn: 'query' | 'body';
  /** Confirm whose token it is, and accept only these workspaces. An empty list accepts any. */
  readonly verify?: { readonly allowedWorkspaceIds: readonly string[] } | undefined;
  /** Also seal the token for the other jobs of this run. */
  readonly seal?: { readonly sealKey: SealKey; readonly scope: SealScope } | undefined;
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
 * Signs a fresh JWT, exchanges it for an access token, confirms whose token it is, and seals it, as requested.
 *
 * @throws {ActionError} CERTIFICATE_MISMATCH, CERTIFICATE_EXPIRED, WORKSPACE_NOT_ALLOWED, and the codes of
 *   `exchangeAssertion` and `whoAmI`
 */
export async function token(request: TokenRequest, context: Context): Promise<TokenResult> {
  const { certificate, gateway, app, username, seal } = request;
  if (certificate !== undefined) checkCertificate(certificate, request, context);

  if (/^https:\/\/www\.sprinklr\.com$/i.test(request.audience)) {
    context.log.warning(
      '`audience` has no trailing slash, so Sprinklr may reject the JWT. Use https://www.sprinklr.com/.',
    );
  }

  // One connection for the exchange and the identity check.
  const http = createHttpSession({ ...request.http, keepAlive: true }, context);
  const { appId, parametersIn } = request;
  const sign = (issuedAt: Date): string => signMasked(request, issuedAt, context);
  const accessToken = await exchangeAssertion(http, { gateway, app, appId, parametersIn, sign }, context);

  const identityRequest = { gateway, apiKey: app.apiKey, accessToken: accessToken.value };
  const identity = request.verify && (await whoAmI(http, identityRequest, context));
  if (identity) requireAllowedWorkspace(identity, request.verify.allowedWorkspaceIds);

  const result = {
    mode: 'token',
    accessToken,
    apiUrl: gateway.apiUrl,
    username,
    certificate,
    identity,
  } as const;
  return seal === undefined ? result : { ...result, sealedToken: await sealResult(result, seal, context) };
}

function signMasked(request: TokenRequest, issuedAt: Date, { randomUUID, secrets }: Context): string {
  const assertion = signAssertion({
    privateKey: request.privateKey,
    issuer: request.appId,
    subject: request.username,
    audience: request.audience,
    issuedAt,
    lifetime: request.assertionLifetime,
    id: randomUUID(),
  });
  secrets.mask(assertion);
  return assertion;
}

function requireAllowedWorkspace({ workspaceId }: Identity, allowed: readonly string[]): void {
  if (allowed.length === 0 || allowed.includes(workspaceId)) return;
  throw new ActionError(
    'WORKSPACE_NOT_ALLOWED',
    `The token is for workspace ${workspaceId}, which \`allowed-workspace-ids\` does not list. It was not output.`,
    {
      remedy:
        'Check that `app-id`, `private-key`, and `username` belong to the intended tenant. Sandbox and production share the ' +
        'host, API key, and secret. If the workspace is the right one, add it to `allowed-workspace-ids`.',
      inputs: ['allowed-workspace-ids'],
    },
  );
}

/** One attempt is nearly always enough. */
const MAX_SEAL_ATTEMPTS = 10;

/** GitHub drops a job output that contains a masked value, so a sealed token that contains one by chance is sealed again. */
async function sealResult(
  { accessToken: { value, type, expiresAt }, apiUrl }: Pick<TokenResult, 'accessToken' | 'apiUrl'>,
  seal: NonNullable<TokenRequest['seal']>,
  { secrets }: Context,
): Promise<string> {
  const payload = { accessToken: value, tokenType: type, expiresAt, apiUrl };
  for (let attempt = 1; attempt <= MAX_SEAL_ATTEMPTS; attempt++) {
    const sealed = await sealToken(payload, seal);
    if (!secrets.containsSecret(sealed)) return sealed;
  }
  throw new ActionError(
    'INPUT_INVALID',
    'Cannot seal the token: a secret input is so short that every sealed token contains it. GitHub would drop the output.',
    { remedy: 'Use secrets of 8 characters or more.' },
  );
}
