import type { KeyObject } from 'node:crypto';
import { signAssertion } from '../credentials/assertion.ts';
import type { Certificate } from '../credentials/certificate.ts';
import type { AppId } from '../sprinklr/app-id.ts';
import type { Gateway } from '../sprinklr/gateway.ts';
import { openHttp, type Limits } from '../sprinklr/http.ts';
import { exchangeAssertion, type AccessToken, type DeveloperApp } from '../sprinklr/tokens.ts';
import type { Surroundings } from '../surroundings.ts';
import { checkCertificate } from './certificate-check.ts';

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
  readonly limits: Limits;
  /** Seconds. */
  readonly assertionLifetime: number;
  readonly parametersIn: 'query' | 'body';
}

export interface TokenResult {
  readonly mode: 'token';
  readonly accessToken: AccessToken;
  readonly apiUrl: string;
  readonly username: string;
  readonly certificate?: Certificate | undefined;
}

/**
 * Signs a fresh assertion, exchanges it, and returns the access token.
 *
 * @throws {ActionError} CERTIFICATE_MISMATCH, CERTIFICATE_EXPIRED, and what `exchangeAssertion` throws
 */
export async function mintToken(request: TokenRequest, surroundings: Surroundings): Promise<TokenResult> {
  const { certificate, gateway, app, appId, username, parametersIn } = request;
  if (certificate !== undefined) checkCertificate(certificate, request, surroundings);

  const sign = async (issuedAt: Date): Promise<string> => {
    const assertion = await signAssertion({
      privateKey: request.privateKey,
      issuer: appId,
      subject: username,
      audience: request.audience,
      issuedAt,
      lifetime: request.assertionLifetime,
      id: surroundings.newId(),
    });
    surroundings.secrets.protect(assertion);
    return assertion;
  };
  const http = openHttp(request.limits, surroundings);
  const accessToken = await exchangeAssertion(
    http,
    { gateway, app, appId, parametersIn, sign },
    surroundings,
  );

  return { mode: 'token', accessToken, apiUrl: gateway.apiUrl, username, certificate };
}
