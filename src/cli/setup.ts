import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { checkSubject, generateKeyMaterial } from '../credentials/keygen.ts';
import { ActionError } from '../errors.ts';
import type { ReadInput } from '../request/parsers.ts';
import { parseAppId } from '../sprinklr/app-id.ts';
import { CODE_SECONDS } from './consent.ts';
import { createContext } from './context.ts';
import { attempt } from './doctor/check.ts';
import { CliError, usageError } from './errors.ts';
import { note, progress as showProgress, type Io } from './io.ts';
import { integerOption } from './options.ts';
import { collect } from './setup/collect.ts';
import { writeSetFiles } from './setup/files.ts';
import { withInterruption } from './setup/interruption.ts';
import { printOutcome, toFailure } from './setup/outcome.ts';
import type { Plan } from './setup/plan.ts';
import { prove } from './setup/prove.ts';
import { consentAndRegister } from './setup/register.ts';
import { SavedSet, type SetState } from './setup/saved-set.ts';
import {
  announce,
  succeed,
  type Progress,
  type Session,
  type SetupOptions,
  type Step,
} from './setup/session.ts';
import { store } from './setup/store.ts';
import { publicValues, SETUP_INPUTS, withInputs } from './setup/values.ts';
import { writeWorkflow } from './setup/workflow.ts';
import { addValueFlags, rawReader } from './values.ts';

/** Goes from a developer app to the first token, and stores what every later token needs. */
export function addSetup(program: Command, io: Io): Command {
  const command = program
    .command('setup')
    .summary('go from a developer app to the first token, in one guided run')
    .description(
      'Creates a key and a certificate, gets your consent in a browser, registers the certificate, requests a first token, ' +
        'and shows whose it is. Only then does it store the secrets and variables with the GitHub CLI (gh) and write a ' +
        "workflow. Asks for each value that you don't pass. Requesting a token invalidates the API key's current token.",
    );
  addValueFlags(command, SETUP_INPUTS);
  return command
    .addOption(
      new Option('--common-name <text>', 'name of the certificate').default(
        'sprinklr-token',
        'sprinklr-token',
      ),
    )
    .addOption(
      integerOption('days', 'days until the certificate expires', { min: 1, max: 3650, default: 365 }),
    )
    .option('--repo <OWNER/REPO>', "repository for the secrets and variables (default: the current folder's)")
    .option(
      '--env <name>',
      'store them in this GitHub environment of the repository, and create it if it is missing',
    )
    .option('--workflow <path>', 'workflow to write (default: .github/workflows/sprinklr.yml)')
    .option('--no-workflow', 'write no workflow')
    .option('--files <dir>', 'write files for another CI system instead of storing in GitHub')
    .option('--rotate', "replace the repository's key, certificate, and App ID")
    .option('--resume <dir>', 'continue an interrupted run from the folder that it printed')
    .option('--app-id <value>', 'with --resume: the App ID, if the earlier run could not save it')
    .option('--no-browser', 'print the URL of the consent page, but do not open it')
    .option('--no-listen', 'ask for the redirect URL even if the callback URL is on this computer')
    .addOption(
      integerOption('timeout-seconds', 'seconds to wait for the consent', {
        min: 1,
        max: 3600,
        default: CODE_SECONDS,
      }),
    )
    .option('--yes', 'agree in advance to all questions, except about replacing a workflow')
    .option('--json', 'print one JSON document at the end')
    .addHelpText(
      'before',
      `Examples:
  sprinklr-token setup
  sprinklr-token setup --rotate --repo OWNER/REPO
  sprinklr-token setup --files ../sprinklr --redirect-uri http://localhost:8080/callback
`,
    )
    .action((options: SetupOptions) => setup(options, io));
}

async function setup(options: SetupOptions, io: Io): Promise<void> {
  const progress: Progress = {};
  try {
    requireValidFlags(options);
    await withInterruption(io, (interruption) =>
      runSteps({ options, io, context: createContext(io), interruption, progress }),
    );
    if (options.json === true) printOutcome({ progress }, io);
  } catch (error) {
    if (options.json === true) printOutcome({ error, progress }, io);
    throw toFailure(error, progress);
  }
}

function requireValidFlags(options: SetupOptions): void {
  const { commonName, files, repo, env, workflow, rotate, resume, appId } = options;
  checkSubject({ commonName });
  const conflict = (flag: string, other: string): never => {
    throw usageError(`${flag} and ${other} contradict each other.`, 'Omit one of them.');
  };
  if (files !== undefined && repo !== undefined) conflict('--files', '--repo');
  if (files !== undefined && env !== undefined) conflict('--files', '--env');
  if (files !== undefined && typeof workflow === 'string') conflict('--files', '--workflow');
  if (files !== undefined && rotate === true)
    throw usageError(
      '--rotate replaces only values in GitHub.',
      'To replace files, omit --rotate, and pass a new folder: --files DIR.',
    );
  if (appId !== undefined && resume === undefined)
    throw usageError('--app-id requires --resume.', 'Add --resume DIR, or omit --app-id.');
  // A run that is resumed knows whether it is a rotation.
  if (resume !== undefined && rotate === true) conflict('--resume', '--rotate');
}

async function runSteps(session: Session): Promise<void> {
  const { options, io, progress, interruption } = session;
  const appId = parseAppIdFlag(options);
  const saved = options.resume === undefined ? undefined : SavedSet.load(resolve(io.cwd, options.resume));
  if (saved !== undefined) {
    progress.set = saved;
    progress.skipped = stepsBefore(saved.state, appId);
  }
  const isUnknown = saved?.state.registration === 'unknown';
  if (isUnknown && appId === undefined)
    throw new CliError(
      'Cannot resume this run: it is unknown whether its registration succeeded.',
      'Ask Sprinklr support for the App ID, or start over with a new certificate.',
    );
  if (!isUnknown && appId !== undefined)
    throw usageError(
      '--app-id is only for a run that may have registered its certificate, but has no App ID.',
      'Omit --app-id.',
    );

  announce('Collect the values', session);
  const plan = await collect(saved, session);
  // The flags of this run can correct what the earlier one saved.
  await saved?.update({ values: publicValues(plan.values) }, io);
  const set = saved ?? (await generate(plan, session));
  const values = rawReader({ given: plan.values, unreadable: new Map() });
  const read = withInputs(values, { 'private-key': set.privateKeyPem, certificate: set.certificatePem });

  if (set.state.registration !== 'done' && appId === undefined)
    await consentAndRegister(set, { read, plan }, session);
  interruption.check();

  announce('Request a token and show whose it is', session);
  await prove(set, withInputs(read, { 'app-id': appId ?? set.state.appId ?? '' }), session);
  interruption.check();

  announce('Store everything', session);
  await storeSet(set, { read, plan }, session);
}

/** What a run that is resumed does not repeat. */
function stepsBefore({ registration }: SetState, appId: string | undefined): Step[] {
  const isRegistered = registration === 'done' || appId !== undefined;
  return [
    'Generate the key and the certificate',
    ...(isRegistered ? (['Get your consent', 'Register the certificate'] as const) : []),
  ];
}

/** @throws {CliError} usage error */
function parseAppIdFlag({ appId }: SetupOptions): string | undefined {
  if (appId === undefined) return undefined;
  const parsed = attempt(() => parseAppId(appId));
  if (parsed instanceof ActionError) throw usageError(parsed.message, parsed.remedy);
  return parsed;
}

async function generate(plan: Plan, session: Session): Promise<SavedSet> {
  const { options, io, interruption, progress } = session;
  announce('Generate the key and the certificate', session);
  showProgress(io, 'Generating a 2048-bit key');
  const subject = { commonName: options.commonName };
  const material = await interruption.abandon(() =>
    generateKeyMaterial({ subject, days: options.days, now: io.now() }),
  );
  const state = {
    values: publicValues(plan.values),
    target: plan.target,
    previous: plan.previous,
    registration: 'none',
    stored: [],
  } as const;
  const set = await SavedSet.create(material, state, io);
  progress.set = set;
  succeed(
    session,
    `Created an RSA key and a self-signed certificate. They are saved in ${set.folder} until they are stored.`,
    `fingerprint ${material.fingerprint} (SHA-256)`,
    `expires     ${material.expiresAt.toISOString()}`,
  );
  interruption.check();
  return set;
}

async function storeSet(
  set: SavedSet,
  { read, plan }: { read: ReadInput; plan: Plan },
  session: Session,
): Promise<void> {
  const { target } = plan;
  if (target.kind === 'files') {
    await writeSetFiles(set, { values: plan.values, folder: target.folder }, session);
  } else {
    await store(set, { read, plan }, session);
    if (plan.previous !== undefined) describeRotation(set, plan, session);
    if (target.workflow !== undefined) announce('Write the workflow', session);
    await writeWorkflow(plan, target, session);
  }
  const renewal = target.kind === 'files' ? '--files NEW_DIR' : '--rotate';
  const expiry = session.progress.certificate?.expiresAt.toISOString().slice(0, 10) ?? '';
  note(
    session.io,
    '',
    `Before the certificate expires on ${expiry}, run: npx @org/sprinklr-token@1 setup ${renewal}`,
  );
}

/** What changed, and what Sprinklr does not document. */
function describeRotation(set: SavedSet, { previous }: Plan, { io, progress }: Session): void {
  if (previous === undefined) return;
  note(
    io,
    '',
    'Rotated:',
    `  old App ID       ${previous.appId}`,
    `  new App ID       ${set.state.appId ?? ''}`,
    `  old fingerprint  ${previous.fingerprint ?? 'unknown: the repository had no readable certificate'}`,
    `  new fingerprint  ${progress.certificate?.fingerprint ?? ''}`,
    'Sprinklr does not document whether the old App ID and key still work, and has no API that deletes a registration. If the',
    'old key has leaked, ask Sprinklr support to remove the old App ID.',
  );
}
