import type { OptionValues } from 'commander';
import type { Context } from '../../context.ts';
import { checkCertificate } from '../../credentials/certificate.ts';
import { token, type TokenRequest, type TokenResult } from '../../modes/token.ts';
import { parseTokenRequest } from '../../request/parse.ts';
import { TOKEN_INPUTS } from '../inputs.ts';
import { note, type Io } from '../io.ts';
import { requireValues, sealScope } from '../values.ts';

/**
 * Reads the request from flags, files, and variables, and checks it without calling Sprinklr.
 *
 * @throws {CliError} for a file that cannot be read
 * @throws {ActionError} for a value that is missing or wrong, and for a certificate that expired or has another key
 */
export async function readTokenRequest(
  options: OptionValues,
  { secrets, log, now }: Context,
  io: Io,
): Promise<TokenRequest> {
  const read = await requireValues(TOKEN_INPUTS, options, io);
  const request = parseTokenRequest(read, { secrets, sealScope });
  // `token` repeats this, with the warnings, after the message that says what the request invalidates.
  const silent = { ...log, warning: () => undefined };
  if (request.certificate !== undefined) checkCertificate(request.certificate, request, { now, log: silent });
  return request;
}

/** Requests a token as the action does, and reports the effect and the result. @throws {ActionError} */
export async function requestToken(request: TokenRequest, context: Context, io: Io): Promise<TokenResult> {
  note(io, "Requesting an access token. This invalidates the API key's current token.");
  const result = await token(request, context);
  const { accessToken, apiUrl, username, identity } = result;
  const expiry =
    accessToken.expiresAt === undefined
      ? 'Its expiry is unknown.'
      : `Expires at ${accessToken.expiresAt.toISOString()}.`;
  context.log.info(`Access token for ${username} at ${apiUrl}. ${expiry}`);
  if (identity !== undefined) {
    const { userId, workspaceId, customerId } = identity;
    context.log.info(`It belongs to user ${userId}, workspace ${workspaceId}, customer ${customerId}.`);
  }
  return result;
}
