import type { KeyObject } from 'node:crypto';
import type { Certificate } from '../credentials/certificate.ts';
import type { AppId } from '../sprinklr/app-id.ts';
import type { Gateway } from '../sprinklr/gateway.ts';
import { createHttpSession, type HttpSession, type HttpOptions } from '../sprinklr/http.ts';
import { registerCertificate } from '../sprinklr/registration.ts';
import { exchangeCode, type DeveloperApp } from '../sprinklr/tokens.ts';
import type { Context } from '../context.ts';
import { checkCertificate } from './certificate-check.ts';

export interface RegisterRequest {
  readonly mode: 'register';
  readonly certificate: Certificate;
  readonly certificateWarningDays: number;
  /** Only held against the certificate; it goes nowhere. */
  readonly privateKey?: KeyObject | undefined;
  readonly apiKey: string;
  /** An OAuth token from the code grant, or the code that gets one. */
  readonly grant: { readonly accessToken: string } | { readonly code: string; readonly app: DeveloperApp };
  readonly gateway: Gateway;
  readonly limits: HttpOptions;
}

export interface RegisterResult {
  readonly mode: 'register';
  readonly appId: AppId;
  readonly certificate: Certificate;
  readonly apiUrl: string;
}

/**
 * Uploads the certificate and returns the App ID that every later token needs.
 *
 * @throws {ActionError} CERTIFICATE_MISMATCH, CERTIFICATE_EXPIRED, and what `exchangeCode` and `registerCertificate` throw
 */
export async function register(request: RegisterRequest, surroundings: Context): Promise<RegisterResult> {
  const { certificate, gateway, apiKey } = request;
  checkCertificate(certificate, request, surroundings);

  const http = createHttpSession(request.limits, surroundings);
  const accessToken = await getAccessToken(request, http, surroundings);
  const registration = { gateway, apiKey, accessToken, certificate: certificate.pem };
  const appId = await registerCertificate(http, registration, surroundings);

  return { mode: 'register', appId, certificate, apiUrl: gateway.apiUrl };
}

async function getAccessToken(
  { grant, gateway }: RegisterRequest,
  http: HttpSession,
  surroundings: Context,
): Promise<string> {
  if ('accessToken' in grant) return grant.accessToken;
  const { value } = await exchangeCode(http, { gateway, app: grant.app, code: grant.code }, surroundings);
  surroundings.log.info('The code is exchanged and spent. Registering the certificate.');
  return value;
}
