import { parseDeveloperApp, parseGateway, parseRegistration } from '../../request/parse.ts';
import { ActionError, type ErrorCode } from '../../errors.ts';
import { register } from '../../modes/register.ts';
import type { ReadInput } from '../../request/parsers.ts';
import { createHttpSession } from '../../sprinklr/http.ts';
import { exchangeCode } from '../../sprinklr/tokens.ts';
import { requestAuthorizationCode } from '../consent.ts';
import { ConsentError } from '../consent/response.ts';
import { CliError, reportError } from '../errors.ts';
import { progress as showProgress } from '../io.ts';
import { confirm } from '../prompts.ts';
import { checkEnvironmentFile } from './files.ts';
import type { Plan } from './plan.ts';
import type { SavedSet } from './saved-set.ts';
import { announce, asks, succeed, type Session } from './session.ts';
import { correctApiSecret } from './values.ts';

/** The default of the action. */
const HTTP = { timeoutSeconds: 60, maxAttempts: 4 };

/** Gets the user's consent, and registers the certificate. The set then has an App ID. */
export async function consentAndRegister(
  set: SavedSet,
  { read, plan }: { read: ReadInput; plan: Plan },
  session: Session,
): Promise<void> {
  announce('Get your consent', session);
  const accessToken = await getAccessToken(read, plan, session);
  announce('Register the certificate', session);
  await registerCertificate(set, { read, accessToken }, session);
}

/** A consent that is denied, or credentials that are rejected, lead to another consent. */
async function getAccessToken(read: ReadInput, plan: Plan, session: Session): Promise<string> {
  const { io, interruption } = session;
  for (;;) {
    try {
      return await consentOnce(read, session);
    } catch (error) {
      const canRetry = error instanceof ConsentError || error instanceof ActionError;
      if (!canRetry || !asks(session)) throw error;
      reportError(error, io, { debug: false });
      const isRejected = error instanceof ActionError && error.code === 'CREDENTIALS_REJECTED';
      const question = isRejected
        ? 'Enter the API secret again, and open the consent page?'
        : 'Open the consent page again?';
      if (!(await interruption.abandon(() => confirm(io, question))))
        throw new CliError(
          'Stopped before the registration.',
          'The command below starts a new consent. Unless you pass them, it asks for the API key and secret again.',
        );
      if (isRejected) {
        await correctApiSecret(plan.values, session);
        if (plan.target.kind === 'files') checkEnvironmentFile(plan.values, plan.target.folder);
      }
    }
  }
}

async function consentOnce(read: ReadInput, session: Session): Promise<string> {
  const { io, options, context, interruption } = session;
  const gateway = parseGateway(read);
  const app = parseDeveloperApp(read);
  // Before the first call: a server can repeat what it was sent.
  context.secrets.mask(app.apiKey);
  context.secrets.mask(app.apiSecret);
  const consent = {
    endpoint: gateway.authorizationEndpoint,
    apiKey: app.apiKey,
    redirectUri: app.redirectUri,
    browser: options.browser,
    listen: options.listen,
    timeoutSeconds: options.timeoutSeconds,
  };
  const code = await interruption.abandon(() => requestAuthorizationCode(consent, io));
  context.secrets.mask(code);
  showProgress(io, 'Exchanging the code');
  const { value } = await interruption.abandon(() =>
    exchangeCode(createHttpSession(HTTP, context), { gateway, app, code }, context),
  );
  succeed(session, 'Exchanged the code for a token that can register the certificate.');
  return value;
}

async function registerCertificate(
  set: SavedSet,
  { read, accessToken }: { read: ReadInput; accessToken: string },
  session: Session,
): Promise<void> {
  const { io, context, interruption, progress } = session;
  const request = { ...parseRegistration(read, context), grant: { accessToken } };
  showProgress(io, 'Registering the certificate');
  // Before it is sent: this process can be killed while Sprinklr responds.
  await set.update({ registration: 'unknown' }, io);
  try {
    const { appId } = await interruption.finish('the registration', () => register(request, context));
    await set.update({ registration: 'done', appId }, io);
    progress.certificate = request.certificate;
    succeed(session, `Registered the certificate. App ID: ${appId}`);
  } catch (error) {
    if (!(error instanceof ActionError) || isOutcomeUnknown(error)) throw error;
    await set.update({ registration: 'none' }, io);
    if (error.code !== 'CREDENTIALS_REJECTED') throw error;
    throw new ActionError(error.code, error.message, {
      remedy: `${remedyOfRejection(error)} Run the command below. It starts a new consent.`,
      cause: error,
    });
  }
}

/** Whether Sprinklr may have registered the certificate, now or earlier, although the call failed. */
function isOutcomeUnknown({ code, possiblyProcessed }: ActionError): boolean {
  const inspected: readonly ErrorCode[] = ['SERVER_ERROR', 'RESPONSE_INVALID'];
  return possiblyProcessed || inspected.includes(code);
}

/** A token that was just issued has not expired. Other responses name another cause. */
function remedyOfRejection({ status, remedy }: ActionError): string {
  return status === 401 ? 'Another token for this API key may have invalidated this one.' : remedy;
}
