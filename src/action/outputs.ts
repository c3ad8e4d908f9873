import { accessSync, appendFileSync, constants, statSync } from 'node:fs';
import * as core from '@actions/core';
import { ActionError } from '../errors.ts';
import type { RegisterResult } from '../modes/register.ts';
import type { TokenResult } from '../modes/token.ts';
import type { UnsealResult } from '../modes/unseal.ts';

type Certificate = RegisterResult['certificate'];
type Identity = NonNullable<TokenResult['identity']>;

export interface OutputOptions {
  /** Whether later steps of the job get the environment variables. */
  readonly exportEnv: boolean;
  /** For `SPRINKLR_API_KEY`. Empty if `unseal` was not given it. */
  readonly apiKey: string;
  readonly jobSummary: boolean;
}

/**
 * Checks that the runner's files are writable. Without them, `@actions/core` prints outputs to the log, tokens included.
 * Also, a token that cannot be output would still invalidate the previous token.
 *
 * @throws {ActionError} INPUT_MISSING or INPUT_INVALID
 */
export function requireRunnerFiles(): void {
  const unusable = ['GITHUB_OUTPUT', 'GITHUB_ENV'].filter((name) => !isWritable(process.env[name] ?? ''));
  if (unusable.length === 0) return;
  const isMissing = unusable.every((name) => !process.env[name]);
  const [verb, noun] = unusable.length === 1 ? ['is', 'a writable file'] : ['are', 'writable files'];
  throw new ActionError(
    isMissing ? 'INPUT_MISSING' : 'INPUT_INVALID',
    `${unusable.join(' and ')} ${verb} not ${isMissing ? 'set' : noun}.`,
    {
      remedy:
        'Run the action in a GitHub Actions workflow, with `uses:`. To try it on your computer, run `npx @org/sprinklr-token@1 demo`.',
    },
  );
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Sets the outputs for an access token. Its value was masked when it was read from the response. */
export function setTokenOutputs(result: TokenResult | UnsealResult, options: OutputOptions): void {
  const { accessToken, apiUrl } = result;
  const { certificate, identity, sealedToken }: Partial<TokenResult> = result.mode === 'token' ? result : {};
  const expiresAt = accessToken.expiresAt?.toISOString() ?? '';

  core.setOutput('access-token', accessToken.value);
  core.setOutput('token-type', accessToken.type);
  core.setOutput('expires-in', accessToken.expiresIn ?? '');
  core.setOutput('expires-at', expiresAt);
  core.setOutput('api-url', apiUrl);
  if (sealedToken !== undefined) core.setOutput('sealed-token', sealedToken);
  if (identity !== undefined) {
    core.setOutput('user-id', identity.userId);
    core.setOutput('workspace-id', identity.workspaceId);
    core.setOutput('customer-id', identity.customerId);
  }
  if (certificate !== undefined) setCertificateOutputs(certificate);
  if (options.exportEnv) {
    core.exportVariable('SPRINKLR_ACCESS_TOKEN', accessToken.value);
    if (options.apiKey !== '') core.exportVariable('SPRINKLR_API_KEY', options.apiKey);
    core.exportVariable('SPRINKLR_API_URL', apiUrl);
  }

  // The runner reads `##[name]` anywhere in a line as a command.
  const subject =
    result.mode === 'token'
      ? `for ${result.username.replaceAll('##[', '# #[')} at`
      : 'from another job of this run, for';
  core.info(
    `Sprinklr access token ${subject} ${apiUrl}. ${expiresAt === '' ? 'Its expiry is unknown' : `Expires at ${expiresAt}`}.`,
  );
  core.info('Sprinklr keeps one live token per API key: the next token for this key invalidates this one.');
  if (options.jobSummary) {
    writeSummary('Sprinklr access token', [
      result.mode === 'token' ? ['User', result.username] : ['Requested by', 'another job of this run'],
      ['API URL', apiUrl],
      ['Expires at', `${expiresAt || 'unknown'}, or when the next token is requested with this API key`],
      ...(identity === undefined ? [] : identityRows(identity)),
      ...(certificate === undefined ? [] : certificateRows(certificate)),
    ]);
  }
}

/** Sets the outputs of a registration. The App ID is plain text: it identifies, and does not authenticate. */
export function setRegistrationOutputs(
  { appId, certificate, apiUrl }: RegisterResult,
  { jobSummary }: OutputOptions,
): void {
  core.setOutput('app-id', appId);
  core.setOutput('api-url', apiUrl);
  setCertificateOutputs(certificate);

  const repository = process.env['GITHUB_REPOSITORY'] ?? 'OWNER/REPO';
  const forRepository = `gh variable set SPRINKLR_APP_ID --repo ${repository} --body '${appId}'`;
  const forEnvironment = `gh variable set SPRINKLR_APP_ID --repo ${repository} --env ENVIRONMENT --body '${appId}'`;
  core.info(`Registered the certificate with SHA-256 fingerprint ${certificate.fingerprint}.`);
  core.info(`App ID: ${appId}`);
  core.info('Store it as a variable, in the repository or in one of its environments:');
  core.info(`  ${forRepository}`);
  core.info(`  ${forEnvironment}`);
  if (jobSummary) {
    writeSummary(
      'Sprinklr App ID',
      [['App ID', appId], ['API URL', apiUrl], ...certificateRows(certificate)],
      `Store it, in the repository or in one of its environments:\n\n\`\`\`sh\n${forRepository}\n${forEnvironment}\n\`\`\``,
    );
  }
}

function setCertificateOutputs({ fingerprint, expiresAt }: Certificate): void {
  core.setOutput('certificate-fingerprint', fingerprint);
  core.setOutput('certificate-expires-at', expiresAt.toISOString());
}

function identityRows({ userId, workspaceId, customerId }: Identity): [string, string][] {
  return [
    ['User ID', userId],
    ['Workspace ID', workspaceId],
    ['Customer ID', customerId],
  ];
}

function certificateRows({ fingerprint, expiresAt }: Certificate): [string, string][] {
  return [
    ['Certificate', `SHA-256 ${fingerprint}`],
    ['Certificate expires', expiresAt.toISOString()],
  ];
}

/** A missing or read-only summary file does not fail the step, because older runners have no such file. */
function writeSummary(title: string, rows: readonly (readonly [string, string])[], after = ''): void {
  const table = rows.map(([name, value]) => `| ${name} | ${escapeCell(value)} |`);
  try {
    appendFileSync(
      process.env['GITHUB_STEP_SUMMARY'] ?? '',
      [`### ${title}`, '', '| | |', '|---|---|', ...table, '', after, ''].join('\n'),
    );
  } catch {
    core.debug('Could not write the job summary.');
  }
}

/** Escapes Markdown and HTML. */
function escapeCell(value: string): string {
  return value.replace(/[\\`*_{}[\]<>()#+!|&~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
