import { randomUUID } from 'node:crypto';
import { types } from 'node:util';
import * as core from '@actions/core';
import type { Context } from '../context.ts';
import { ActionError } from '../errors.ts';
import { register } from '../modes/register.ts';
import { token } from '../modes/token.ts';
import { unseal } from '../modes/unseal.ts';
import { createSecrets } from '../redaction.ts';
import { parseInput, parseRequest } from '../request/parse.ts';
import { adviceFor, documentationLink } from './advice.ts';
import { requireRunnerFiles, setRegistrationOutputs, setTokenOutputs } from './outputs.ts';
import { matrixNotice, workflowRun } from './workflow-run.ts';

/** Runs the step from its inputs to its outputs. Never throws: a failure becomes an annotation, `error-code`, and exit code 1. */
export async function run(): Promise<void> {
  try {
    const context = createContext();
    requireRunnerFiles();
    const request = parseRequest(core.getInput, { secrets: context.secrets, sealScope: workflowRun });
    const options = {
      exportEnv: parseInput('export-env', core.getInput),
      jobSummary: parseInput('job-summary', core.getInput),
      apiKey: core.getInput('api-key'),
    };
    switch (request.mode) {
      case 'token': {
        // Before the request, so that the log shows the notice above a failure that it explains.
        const notice = request.seal
          ? undefined
          : matrixNotice(parseInput('strategy-job-total', core.getInput));
        if (notice !== undefined) core.notice(notice);
        setTokenOutputs(await token(request, context), options);
        break;
      }
      case 'register':
        setRegistrationOutputs(await register(request, context), options);
        break;
      case 'unseal':
        setTokenOutputs(await unseal(request, context), options);
        break;
    }
    process.exitCode = 0;
  } catch (error) {
    fail(error);
  }
}

function createContext(): Context {
  const secrets = createSecrets(core.setSecret);
  return {
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
    secrets: { ...secrets, mask: inOneWrite(secrets.mask) },
    now: () => new Date(),
    random: Math.random,
    randomUUID,
  };
}

/** A key has hundreds of masks, and each write to standard output costs a system call. */
function inOneWrite(mask: (value: string) => void): (value: string) => void {
  return (value) => {
    process.stdout.cork();
    try {
      mask(value);
    } finally {
      process.stdout.uncork();
    }
  };
}

function fail(thrown: unknown): void {
  // First, so that the step fails even if reporting the error fails.
  process.exitCode = 1;
  const error = thrown instanceof ActionError ? thrown : toInternalError(thrown);
  for (
    let cause = error.cause;
    cause !== undefined;
    cause = types.isNativeError(cause) ? cause.cause : undefined
  )
    core.debug(`Caused by ${describeCause(cause)}`);
  const texts = [error.message, error.remedy, adviceFor(error), documentationLink(error)];
  core.error(texts.filter((text) => text !== '').join(' '), { title: error.code });
  try {
    if (process.env['GITHUB_OUTPUT']) core.setOutput('error-code', error.code);
  } catch {
    core.debug('Could not write the output error-code.');
  }
}

/** A bug in the action: the only use of INTERNAL. */
function toInternalError(cause: unknown): ActionError {
  return new ActionError('INTERNAL', 'Unexpected internal error.', {
    remedy: "Re-run the job with debug logging, and open an issue with this step's log.",
    cause,
  });
}

/** What an error is and where it was thrown. Not its message, which can contain anything. */
function describeCause(cause: unknown): string {
  if (!types.isNativeError(cause)) return typeof cause;
  const { code } = cause as NodeJS.ErrnoException;
  // A message can have several lines, and one of them can look like a stack frame.
  const { stack = '', message } = cause;
  const messageAt = stack.indexOf(message);
  const trace = messageAt === -1 ? '' : stack.slice(messageAt + message.length);
  const frames = trace.split('\n').filter((line) => /^ {4}at /.test(line));
  return [[cause.name, code].filter((text) => text !== undefined).join(' '), ...frames].join('\n');
}
