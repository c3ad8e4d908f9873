import type { Command } from 'commander';
import type { Secrets } from '../context.ts';
import { describePrivateKey } from '../credentials/private-key.ts';
import { ActionError } from '../errors.ts';
import { createSecrets } from '../redaction.ts';
import { parseInput, parseTokenRequest } from '../request/parse.ts';
import { GATEWAYS } from '../sprinklr/gateway.ts';
import { createCallReport, type CallReport } from './doctor/call-report.ts';
import { attempt, failedCheck, type Check, type DoctorContext } from './doctor/check.ts';
import { checkAge, checkCredentials } from './doctor/credentials.ts';
import { checkEndpoints, checkInputs, readGateway } from './doctor/inputs.ts';
import { checkLive, skippedLiveChecks } from './doctor/live.ts';
import { checkMachine } from './doctor/machine.ts';
import { createDoctorContext } from './doctor/context.ts';
import { createReport, type Report } from './doctor/report.ts';
import { prepareReportFile, writeReportFile, type ReportFile } from './doctor/report-file.ts';
import { usageError, withJsonErrors } from './errors.ts';
import { isSecret, isUsuallyFile, TOKEN_INPUTS } from './inputs.ts';
import { note, type Io } from './io.ts';
import { canBeShown, secretLikeWords } from './plain-values.ts';
import { confirm, isInteractive } from './prompts.ts';
import { addValueFlags, readsStandardInput, readValues, sealScope, type Values } from './values.ts';

interface Options {
  readonly live?: true;
  readonly yes?: true;
  readonly json?: true;
  readonly report?: string;
}

/** Checks a set of values, and explains what is wrong. Sends nothing unless asked to. */
export function addDoctor(program: Command, io: Io): Command {
  const command = program
    .command('doctor')
    .summary('check a set of values, and explain what is wrong')
    .description(
      'Checks the values that the action would get, one by one, and explains what is wrong and how to fix it. Makes no ' +
        'network calls without --live. Pass all values, or only a few. Exit code 0: no errors. 1: errors. 2: usage error.',
    );
  addValueFlags(command, TOKEN_INPUTS);
  return command
    .option(
      '--live',
      "also call Sprinklr to check DNS, TLS, the clock, and the consent page. Then, after you agree, request one token, which invalidates the API key's current token",
    )
    .option('--yes', 'agree to the token request in advance')
    .option(
      '--report <file>',
      'with --live: write a report of all calls, without any values, to a new file that you can attach to an issue',
    )
    .option('--json', 'print one JSON document')
    .addHelpText(
      'before',
      `Example:
  SPRINKLR_API_KEY=… SPRINKLR_API_SECRET=… sprinklr-token doctor --private-key-file server.der \\
    --certificate-file server.crt --app-id eyJ… --username ci-bot@example.com --environment prod2 \\
    --redirect-uri https://www.example.com/callback
`,
    )
    .action(async (options: Options) => {
      const prepared = await withJsonErrors(options, io, () => prepare(options, io));
      await diagnose(prepared, options, io);
    });
}

interface Prepared {
  readonly values: Values;
  readonly reportFile: ReportFile | undefined;
}

/** Reads the values. @throws {CliError} usage error */
async function prepare(options: Options, io: Io): Promise<Prepared> {
  requireConsentPossible(options, io);
  if (options.report !== undefined && options.live !== true)
    throw usageError('--report requires --live.', 'Add --live, or omit --report.');
  const reportFile =
    options.report === undefined
      ? undefined
      : await prepareReportFile(options.report, { canAsk: canAsk(options, io), io });
  const values = await readValues(TOKEN_INPUTS, options, io);
  if (values.given.size === 0 && values.unreadable.size === 0) {
    throw usageError(
      'No values to check.',
      'Pass what you have, such as --private-key-file server.der. After setup --files DIR, first run: set -a; . DIR/.env; set +a',
    );
  }
  return { values, reportFile };
}

async function diagnose({ values, reportFile }: Prepared, options: Options, io: Io): Promise<void> {
  const secrets = maskedSecrets(values);
  const report = createReport(io, { json: options.json === true, live: options.live === true, secrets });
  const context = createDoctorContext(values, secrets, io);
  const isSound = reportValues(report, context);
  const calls = createCallReport({ ...identityOf(context), secrets });
  if (options.live === true) {
    report.heading('Sprinklr');
    const live = { context, secrets, agreed: options.yes === true, observe: calls.observe };
    if (isSound) await reportLive(report, live);
    else addAll(report, skippedLiveChecks());
  }
  if (!report.finish()) io.exitCode = 1;
  if (reportFile !== undefined) await saveCalls(reportFile, calls, context);
}

/** What a report must not show, although it is not secret. */
function identityOf(context: DoctorContext): { environment: string; identifying: string[] } {
  const { read } = context;
  const environment = attempt(() => parseInput('environment', read));
  const url = new URL(readGateway(context)?.apiUrl ?? 'https://invalid');
  const names = ['app-id', 'username', 'environment', 'redirect-uri'] as const;
  return {
    environment: environment instanceof ActionError ? '' : environment,
    identifying: [...names.map(read), url.hostname],
  };
}

async function saveCalls(file: ReportFile, { calls }: CallReport, context: DoctorContext): Promise<void> {
  const { io } = context;
  if (calls.length === 0) {
    note(io, `Nothing was sent, so ${file.path} was not written.`);
    return;
  }
  const host = new URL(readGateway(context)?.apiUrl ?? 'https://invalid').hostname;
  const gateway = GATEWAYS.find((name) => host === `${name}.sprinklr.com`);
  await writeReportFile(file, { calls, gateway }, io);
  note(io, `Wrote ${file.path}. It contains no values. Read it, then attach it to an issue.`);
}

function requireConsentPossible(options: Options, io: Io): void {
  const { live, yes } = options;
  if (yes === true && live !== true) throw usageError('--yes requires --live.', 'Add --live, or omit --yes.');
  if (live !== true || yes === true || canAsk(options, io)) return;
  throw usageError(
    '--live asks before it requests a token, but there is no terminal to ask on.',
    "The request invalidates the API key's current token. Add --yes if you agree, or omit --live.",
  );
}

function canAsk(options: Options, io: Io): boolean {
  return options.json !== true && isInteractive(io) && !readsStandardInput(TOKEN_INPUTS, options, io);
}

/** Masks secrets and public values that could be misplaced secrets, because a parser or a failed call can quote them. */
function maskedSecrets({ given }: Values): Secrets {
  const secrets = createSecrets(() => undefined);
  for (const [name, { text }] of given) {
    const isPublic = !isSecret(name) && describePrivateKey(text) === undefined;
    const isExempt = isUsuallyFile(name) || name === 'app-id' || canBeShown(name, text.trim());
    const words = isPublic && !isExempt ? secretLikeWords(text) : [];
    // A host is lowercase in URLs, and an environment everywhere.
    const masked = isPublic ? words.flatMap((word) => [word, word.toLowerCase()]) : [text.trim(), text];
    for (const value of masked) secrets.mask(value);
  }
  return secrets;
}

/** Reports everything that needs no network. @returns whether there are no errors */
function reportValues(report: Report, context: DoctorContext): boolean {
  const { checks, certificate } = checkCredentials(context);
  const gateway = readGateway(context);
  const sections: [heading: string, checks: Check[]][] = [
    ['Values', [...checks, ...checkInputs(context), ...checkAge(certificate, context)]],
    ['Endpoints', checkEndpoints(gateway, context)],
    ['This machine', checkMachine({ certificate, gateway }, context)],
  ];
  for (const [heading, section] of sections) {
    report.heading(heading);
    addAll(report, section);
  }
  return sections.every(([, section]) => section.every(({ status }) => status !== 'error'));
}

function addAll(report: Report, checks: readonly Check[]): void {
  for (const check of checks) report.add(check);
}

interface LiveRun {
  readonly context: DoctorContext;
  readonly secrets: Secrets;
  readonly agreed: boolean;
  readonly observe: CallReport['observe'];
}

async function reportLive(report: Report, { context, secrets, agreed, observe }: LiveRun): Promise<void> {
  const { read, io } = context;
  const request = attempt(() => parseTokenRequest(read, { secrets, sealScope }));
  if (request instanceof ActionError) {
    addAll(report, [failedCheck('inputs', request), ...skippedLiveChecks()]);
    return;
  }
  const consent = async (): Promise<boolean> => {
    note(io, "Requesting a token invalidates the API key's current token for everyone who uses it.");
    return agreed || (await confirm(io, 'Request a token?'));
  };
  for await (const check of checkLive({ request, secrets, consent, observe, io })) report.add(check);
}
