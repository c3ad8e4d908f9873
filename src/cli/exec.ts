import type { Command, OptionValues } from 'commander';
import { sanitize } from '../redaction.ts';
import { createContext } from './context.ts';
import { findCommand } from './exec/find-command.ts';
import { collectMasks } from './exec/masks.ts';
import { runCommand } from './exec/run-command.ts';
import { TOKEN_INPUTS, withoutSecrets } from './inputs.ts';
import type { Io } from './io.ts';
import { tokenVariables } from './token/format.ts';
import { readTokenRequest, requestToken } from './token/request.ts';
import { addValueFlags } from './values.ts';

/** Runs a command with an access token, for CI systems that cannot mask a value at run time. */
export function addExec(program: Command, io: Io): Command {
  const command = program
    .command('exec')
    .summary('run a command with an access token in its environment')
    .description(
      "Requests an access token, which invalidates the API key's current token. Then runs a command with " +
        'SPRINKLR_ACCESS_TOKEN, SPRINKLR_API_URL, and SPRINKLR_API_KEY in its environment, without the other secrets. ' +
        "Replaces secrets in the command's output with ***, and forwards signals to it. Exit code: the command's own, " +
        '128+n if signal n ended it, 126 if it is not executable, 127 if it is not found.',
    )
    .usage('[options] -- COMMAND [ARGUMENT…]')
    .argument('<command...>', 'the command and its arguments, run without a shell')
    .passThroughOptions();
  addValueFlags(command, TOKEN_INPUTS);
  return command
    .addHelpText(
      'before',
      `Example:
  sprinklr-token exec -- sh -c \\
    'curl --fail -H "Authorization: Bearer $SPRINKLR_ACCESS_TOKEN" -H "Key: $SPRINKLR_API_KEY" "$SPRINKLR_API_URL/api/v2/me"'
`,
    )
    .addHelpText(
      'after',
      `
The command's output is a pipe, not a terminal. If a background process keeps it open after the command exits, exec
reads it for one more second.`,
    )
    .action((words: readonly string[], options: OptionValues) => exec(words, options, io));
}

async function exec([name = '', ...args]: readonly string[], options: OptionValues, io: Io): Promise<void> {
  const { secrets, forms } = collectMasks();
  const context = createContext(io, secrets);
  const request = await readTokenRequest(options, context, io);
  // Before the request, which would invalidate the current token for nothing.
  const path = findCommand(name, {
    env: io.env,
    cwd: io.cwd,
    platform: process.platform,
    show: (text) => sanitize(text, secrets),
  });
  const result = await requestToken(request, context, io);
  // The command gets the token, not the secrets that requested it.
  const env = { ...withoutSecrets(io.env), ...tokenVariables(result, request.app.apiKey) };
  io.exitCode = await runCommand({ path, name, args, env, masks: forms }, io);
}
