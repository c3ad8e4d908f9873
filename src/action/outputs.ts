import { accessSync, appendFileSync, constants, statSync } from 'node:fs';
import * as core from '@actions/core';
import type { Certificate } from '../credentials/certificate.ts';
import { ActionError } from '../errors.ts';
import type { RegisterResult } from '../modes/register.ts';
import type { TokenResult } from '../modes/token.ts';
import type { UnsealResult } from '../modes/unseal.ts';
import type { Identity } from '../sprinklr/identity.ts';
import type { OutputOptions } from './inputs.ts';

/**
 * Without the runner's files `@actions/core` would print outputs to the log instead, tokens included; and a token that
 * cannot be handed on has ended the one before for nothing.
 *
 * @throws {ActionError} INTERNAL
 */
export function requireRunnerFiles(): void {
  const unusable = ['GITHUB_OUTPUT', 'GITHUB_ENV'].filter((name) => !isWritable(process.env[name] ?? ''));
  if (unusable.length === 0) return;
  throw new ActionError(
    'INTERNAL',
    `This is not a step of a GitHub Actions job: ${unusable.join(' and ')} names no file that can be written.`,
    'Use it in a workflow with "uses:". To try it at a desk, run "npm run demo".',
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

/** Hands an access token on. Its value was masked when it was read from the answer. */
export function setTokenOutputs(result: TokenResult | UnsealResult, handOver: OutputOptions): void {
  const { accessToken, apiUrl } = result;
  const { certificate, identity, sealedToken }: Partial<TokenResult> = result.mode === 'token' ? result : {};
  const expiresAt = accessToken.expiresAt.toISOString();

  core.setOutput('access-token', accessToken.value);
  core.setOutput('token-type', accessToken.type);
  core.setOutput('expires-in', accessToken.expiresIn);
  core.setOutput('expires-at', expiresAt);
  core.setOutput('api-url', apiUrl);
  if (sealedToken !== undefined) core.setOutput('sealed-token', sealedToken);
  if (identity !== undefined) {
    core.setOutput('user-id', identity.userId);
    core.setOutput('workspace-id', identity.workspaceId);
    core.setOutput('customer-id', identity.customerId);
  }
  if (certificate !== undefined) setCertificateOutputs(certificate);
  if (handOver.exportEnv) {
    core.exportVariable('SPRINKLR_ACCESS_TOKEN', accessToken.value);
    if (handOver.apiKey !== '') core.exportVariable('SPRINKLR_API_KEY', handOver.apiKey);
    core.exportVariable('SPRINKLR_API_URL', apiUrl);
  }

  // The runner takes `##[name]` anywhere in a line for a command.
  const whose =
    result.mode === 'token'
      ? `for ${result.username.replaceAll('##[', '# #[')} at`
      : 'of another job of this run, for';
  core.info(`Sprinklr access token ${whose} ${apiUrl}. It lives until ${expiresAt}.`);
  core.info('Sprinklr keeps one live token per API key: the next token made with this key ends this one.');
  if (handOver.jobSummary) {
    writeSummary('Sprinklr access token', [
      result.mode === 'token' ? ['Acts as', result.username] : ['Made by', 'another job of this run'],
      ['API URL', apiUrl],
      ['Lives until', `${expiresAt}, or until the next token is made with this API key`],
      ...(identity === undefined ? [] : identityRows(identity)),
      ...(certificate === undefined ? [] : certificateRows(certificate)),
    ]);
  }
}

/** Hands an App ID on: in plain text, since it identifies and does not authenticate (contract.md §1). */
export function setRegistrationOutputs(
  { appId, certificate, apiUrl }: RegisterResult,
  { jobSummary }: OutputOptions,
): void {
  core.setOutput('app-id', appId);
  core.setOutput('api-url', apiUrl);
  setCertificateOutputs(certificate);

  const repository = process.env['GITHUB_REPOSITORY'] ?? 'OWNER/REPOSITORY';
  const forAll = `gh variable set SPRINKLR_APP_ID --repo ${repository} --body '${appId}'`;
  const forOne = `gh variable set SPRINKLR_APP_ID --repo ${repository} --env ENVIRONMENT --body '${appId}'`;
  core.info(`Registered the certificate with SHA-256 fingerprint ${certificate.fingerprint}.`);
  core.info(`App ID: ${appId}`);
  core.info('Store it as a variable, for the whole repository or for one of its environments:');
  core.info(`  ${forAll}`);
  core.info(`  ${forOne}`);
  if (jobSummary) {
    writeSummary(
      'Sprinklr App ID',
      [['App ID', appId], ['API URL', apiUrl], ...certificateRows(certificate)],
      `Store it, for the whole repository or for one of its environments:\n\n\`\`\`sh\n${forAll}\n${forOne}\n\`\`\``,
    );
  }
}

function setCertificateOutputs({ fingerprint, expiresAt }: Certificate): void {
  core.setOutput('certificate-fingerprint', fingerprint);
  core.setOutput('certificate-expires-at', expiresAt.toISOString());
}

function identityRows({ userId, workspaceId, customerId }: Identity): [string, string][] {
  return [
    ['User', userId],
    ['Workspace', workspaceId],
    ['Customer', customerId],
  ];
}

function certificateRows({ fingerprint, expiresAt }: Certificate): [string, string][] {
  return [
    ['Certificate', `SHA-256 ${fingerprint}`],
    ['Certificate expires', expiresAt.toISOString()],
  ];
}

/**
 * A runner without summaries, or one that cannot write them, is no reason to fail (interface.md, "Older runners"). Not by
 * way of `core.summary`, for which every step would load all of Node's promises of files.
 */
function writeSummary(title: string, rows: readonly (readonly [string, string])[], after = ''): void {
  const table = rows.map(([name, value]) => `| ${name} | ${escapeCell(value)} |`);
  try {
    appendFileSync(
      process.env['GITHUB_STEP_SUMMARY'] ?? '',
      [`### ${title}`, '', '| | |', '|---|---|', ...table, '', after, ''].join('\n'),
    );
  } catch {
    core.debug('The job summary could not be written.');
  }
}

/** Neither a line end nor Markdown or HTML out of a value. */
function escapeCell(value: string): string {
  return value.replace(/[\\`*_{}[\]<>()#+!|&~]/g, (character) => `&#${character.charCodeAt(0)};`);
}
