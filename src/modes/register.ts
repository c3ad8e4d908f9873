import type { KeyObject } from 'node:crypto';
import { checkCertificate, type Certificate } from '../credentials/certificate.ts';
import type { AppId } from '../sprinklr/app-id.ts';
import type { Gateway } from '../sprinklr/gateway.ts';
import { createHttpSession, type HttpSession, type HttpOptions } from '../sprinklr/http.ts';
import { registerCertificate } from '../sprinklr/registration.ts';
import { exchangeCode, type DeveloperApp } from '../sprinklr/tokens.ts';
import type { Context } from '../context.ts';

export interface RegisterRequest {
  readonly mode: 'register';
  readonly certificate: Certificate;
  /** Days. */
  readonly certificateWarningDays: number;
  /** Only compared with the certificate. It is never sent. */
  readonly privateKey?: KeyObject | undefined;
  readonly apiKey: string;
  /** An OAuth token from the authorization code grant, or the code to exchange for one. */
  readonly grant: { readonly accessToken: string } | { readonly code: string; readonly app: DeveloperApp };
  readonly gateway: Gateway;
  readonly http: HttpOptions;
}

export interface RegisterResult {
  readonly mode: 'register';
  readonly appId: AppId;
  readonly certificate: Certificate;
  readonly apiUrl: string;
}

/**
 * Uploads the certificate and returns the App ID that every token request needs.
 *
 * @throws {ActionError} CERTIFICATE_MISMATCH, CERTIFICATE_EXPIRED, and the codes of `exchangeCode` and
 *   `registerCertificate`
 */
export async function register(request: RegisterRequest, context: Context): Promise<RegisterResult> {
  const { certificate, gateway, apiKey } = request;
  checkCertificate(certificate, request, context);

  const http = createHttpSession(request.http, context);
  const accessToken = await getAccessToken(request, http, context);
  const registration = { gateway, apiKey, accessToken, certificate: certificate.pem };
  const appId = await registerCertificate(http, registration, context);

  return { mode: 'register', appId, certificate, apiUrl: gateway.apiUrl };
}

async function getAccessToken(
  { grant, gateway }: RegisterRequest,
  http: HttpSession,
  context: Context,
): Promise<string> {
  if ('accessToken' in grant) return grant.accessToken;
  const { value } = await exchangeCode(http, { gateway, app: grant.app, code: grant.code }, context);
  context.log.info('Exchanged the authorization code. Registering the certificate.');
  return value;
}
