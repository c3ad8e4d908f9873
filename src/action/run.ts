import { randomUUID } from 'node:crypto';
import * as core from '@actions/core';
import { ActionError, isActionError } from '../errors.ts';
import { register } from '../modes/register.ts';
import { token } from '../modes/token.ts';
import { unseal } from '../modes/unseal.ts';
import type { Context } from '../context.ts';
import { readInputs } from './inputs.ts';
import { createSecrets } from '../redaction.ts';
import { setRegistrationOutputs, setTokenOutputs, requireRunnerFiles } from './outputs.ts';

/** Runs the step from its inputs to its outputs. Never throws: a failure becomes an annotation, `error-code` and exit code 1. */
export async function run(): Promise<void> {
  const surroundings: Context = {
    log: {
      debug: core.debug,
      info: core.info,
      notice: (line) => {
        core.notice(line);
      },
      warning: (line) => {
        core.warning(line);
      },
    },
    secrets: createSecrets(core.setSecret),
    now: () => new Date(),
    random: Math.random,
    randomUUID: randomUUID,
  };
  try {
    requireRunnerFiles();
    const { request, handOver } = readInputs((name) => core.getInput(name), surroundings.secrets);
    switch (request.mode) {
      case 'token':
        setTokenOutputs(await token(request, surroundings), handOver);
        break;
      case 'register':
        setRegistrationOutputs(await register(request, surroundings), handOver);
        break;
      case 'unseal':
        setTokenOutputs(await unseal(request, surroundings), handOver);
        break;
    }
  } catch (error) {
    fail(error);
  }
}

function fail(thrown: unknown): void {
  // First of all: whatever fails from here on, the step is not green.
  process.exitCode = 1;
  const error = isActionError(thrown) ? thrown : internalError(thrown);
  core.error([error.message, error.remedy, ...documentationLink(error)].join(' '), { title: error.code });
  try {
    if (process.env['GITHUB_OUTPUT']) core.setOutput('error-code', error.code);
  } catch {
    core.debug('The output error-code could not be written.');
  }
}

/**
 * Where the entry of an error is, in the documentation of the version that runs. Elsewhere than on github.com nobody
 * can tell whether the action came from that server, and a link that leads nowhere is worse than none.
 */
function documentationLink({ code }: ActionError): string[] {
  const { GITHUB_SERVER_URL, GITHUB_ACTION_REPOSITORY = '', GITHUB_ACTION_REF = '' } = process.env;
  const known =
    GITHUB_SERVER_URL === 'https://github.com' &&
    /^[\w.-]+\/[\w.-]+$/.test(GITHUB_ACTION_REPOSITORY) &&
    /^[\w./-]+$/.test(GITHUB_ACTION_REF);
  if (!known) return [];
  const page = `${GITHUB_SERVER_URL}/${GITHUB_ACTION_REPOSITORY}/blob/${GITHUB_ACTION_REF}/docs/troubleshooting.md`;
  return [`More: ${page}#${code.toLowerCase()}`];
}

/** Our own fault. Its message could hold anything, so only what it is and where it arose are shown, and those to debuggers. */
function internalError(thrown: unknown): ActionError {
  const frames =
    thrown instanceof Error ? (thrown.stack ?? '').split('\n').filter((line) => /^ {4}at /.test(line)) : [];
  core.debug([thrown instanceof Error ? thrown.name : typeof thrown, ...frames].join('\n'));
  return new ActionError(
    'INTERNAL',
    'sprinklr-token failed in a way that it should not.',
    'Run the job again with debug logging, and open an issue with the log of this step.',
  );
}
