import type { OptionValues } from 'commander';
import type { Context } from '../../context.ts';
import { token, type TokenRequest, type TokenResult } from '../../modes/token.ts';
import { parseTokenRequest } from '../../request/parse.ts';
import { TOKEN_INPUTS } from '../inputs.ts';
import { note, type Io } from '../io.ts';
import { requireValues } from '../values.ts';

/**
 * Reads the request from flags, files, and variables, without calling Sprinklr.
 *
 * @throws {CliError} for a file that cannot be read
 * @throws {ActionError} for a value that is missing or wrong
 */
export async function readTokenRequest(
  options: OptionValues,
  { secrets }: Context,
  io: Io,
): Promise<TokenRequest> {
  const read = await requireValues(TOKEN_INPUTS, options, io);
  const sealScope = (): never => {
    throw new Error('The command line seals nothing.');
  };
  return parseTokenRequest(read, { secrets, sealScope });
}

/** Requests a token as the action does, and says what this does. @throws {ActionError} */
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
