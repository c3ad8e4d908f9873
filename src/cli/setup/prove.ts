import { token } from '../../modes/token.ts';
import { parseTokenRequest } from '../../request/parse.ts';
import type { ReadInput } from '../../request/parsers.ts';
import type { Identity } from '../../sprinklr/identity.ts';
import { CliError } from '../errors.ts';
import { progress as showProgress } from '../io.ts';
import { confirm } from '../prompts.ts';
import { sealScope } from '../values.ts';
import { resumeCommand } from './outcome.ts';
import type { SavedSet } from './saved-set.ts';
import { asks, succeed, type Session } from './session.ts';

/** Requests a token with the new set, shows whose it is, and asks whether that is right. */
export async function prove(set: SavedSet, read: ReadInput, session: Session): Promise<void> {
  const { io, context, interruption, progress } = session;
  const request = parseTokenRequest(read, { secrets: context.secrets, sealScope });
  progress.certificate = request.certificate;
  showProgress(io, 'Requesting a token');
  const { accessToken, identity } = await interruption.abandon(() =>
    token({ ...request, verify: { allowedWorkspaceIds: [] } }, context),
  );
  // Until here, an App ID from the user can be wrong.
  if (set.state.registration === 'unknown')
    await set.update({ registration: 'done', appId: request.appId }, io);
  if (identity === undefined) throw new Error('The identity was not checked.');
  progress.identity = identity;
  const expiry =
    accessToken.expiresAt === undefined ? '' : ` It expires at ${accessToken.expiresAt.toISOString()}.`;
  succeed(session, `Sprinklr issued an access token.${expiry}`, ...describeIdentity(identity));
  if (!asks(session)) return;
  if (await interruption.abandon(() => confirm(io, 'Store everything for this user and workspace?'))) return;
  throw new CliError(
    'You declined, so nothing was stored.',
    `To continue with another user: ${resumeCommand(set.folder)} --username NAME\nTo start over, delete the folder and run setup again. Sprinklr has no API that deletes the registration.`,
  );
}

function describeIdentity({ userId, name, email, type, workspaceId, customerId }: Identity): string[] {
  const user = [name, email, type].filter((text) => text !== undefined).join(', ');
  return [
    `user      ${userId}${user === '' ? '' : ` (${user})`}`,
    `workspace ${workspaceId}`,
    `customer  ${customerId}`,
  ];
}
