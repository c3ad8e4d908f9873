import { createSecrets, sanitize } from '../redaction.ts';
import { definitionOf, INPUT_NAMES } from '../request/schema.ts';
import { describePrivateKey } from '../credentials/private-key.ts';
import { ActionError } from '../errors.ts';
import type { Secrets } from '../context.ts';
import { usageError, type Command, type Flags } from './command.ts';
import { createActionReader, readTokenRequest } from './doctor/action-reader.ts';
import { listAddresses, readGateway } from './doctor/addresses.ts';
import { attempt, isWrong, refused, type Check } from './doctor/check.ts';
import { checkClientCertificate } from './doctor/client-certificate.ts';
import { checkAge, checkClock } from './doctor/clock.ts';
import { checkInputs, type Subject } from './doctor/inputs.ts';
import { checkLive, liveNotTried } from './doctor/live.ts';
import { checkMachine } from './doctor/machine.ts';
import { checkMaterial } from './doctor/material.ts';
import { jsonReport, printedReport, type Report } from './doctor/report.ts';
import { gatherValues, readsStandardInput, VALUE_FLAGS, type Values } from './doctor/values.ts';
import { confirm, isInteractive, print } from './terminal.ts';

/** Explains a set of credentials; sends them nowhere unless asked to. */
export const doctor: Command = {
  help: `Usage: sprinklr-token doctor [flags]

Looks at the values that the action would get, one by one, and says what is wrong and what to do. Sends nothing to
anybody, unless --live is given. Give all of them or only a few; a value comes from its flag or from its variable,
SPRINKLR_ and the input's name: SPRINKLR_USERNAME.

  --app-id TEXT  --username TEXT  --redirect-uri URL  --environment NAME  --gateway NAME  --base-url URL
  --audience TEXT  --assertion-lifetime N  --parameters-in WHERE  --certificate-warning-days N  --timeout-seconds N
  --certificate FILE  --mtls-certificate FILE

What is secret comes from a file (- for standard input) or from its variable, such as SPRINKLR_API_SECRET:
  --private-key-file FILE  --private-key-passphrase-file FILE  --api-key-file FILE  --api-secret-file FILE
  --mtls-private-key-file FILE  --mtls-passphrase-file FILE

  --live   also call Sprinklr: name, TLS, clock, then, once you have agreed, one token exchange, and whose token it is.
           The exchange ends the current token of the API key.
  --yes    agree to that exchange beforehand
  --json   one JSON document on standard output, for scripts

Exit code 0: nothing is wrong, though there may be warnings; 1: something is wrong; 2: wrong usage.

Example: SPRINKLR_API_KEY=… SPRINKLR_API_SECRET=… sprinklr-token doctor --private-key-file server.der \\
  --certificate server.crt --app-id eyJ… --username ci-bot@example.com --environment prod2 \\
  --redirect-uri https://www.example.com/callback`,
  options: {
    ...VALUE_FLAGS,
    live: { type: 'boolean' },
    yes: { type: 'boolean' },
    json: { type: 'boolean' },
  },
  async run(flags) {
    requireSomebodyToAsk(flags);
    const values = await gatherValues(flags);
    requireSomething(values);
    const report = flags['json'] === true ? jsonReport() : printedReport();
    const secrets = protectedValues(values);
    const isSound = reportValues(values, secrets, report);
    if (flags['live'] === true) {
      report.heading('Sprinklr');
      if (isSound) await reportLive({ values, secrets, report, flags });
      else for (const check of liveNotTried()) report.add(check);
    }
    return report.finish() ? 0 : 1;
  },
};

function requireSomebodyToAsk(flags: Flags): void {
  const { live = false, yes = false, json = false } = flags;
  if (yes === true && live !== true)
    throw usageError('--yes belongs to --live.', 'Add --live, or leave --yes away.');
  if (live !== true || yes === true) return;
  const remedy =
    'The exchange ends the current token of the API key. Add --yes if that is what you want, or leave --live away.';
  if (json === true || !isInteractive() || readsStandardInput(flags))
    throw usageError('--live asks before it makes a token, and here nobody can answer.', remedy);
}

function requireSomething({ given, unreadable }: Values): void {
  if (given.size > 0 || unreadable.size > 0) return;
  throw usageError(
    'There is nothing to look at: no value was given.',
    'Give what you have, such as --private-key-file server.der. See "sprinklr-token doctor --help".',
  );
}

function protectedValues({ given }: Values): Secrets {
  const secrets = createSecrets(() => undefined);
  for (const name of INPUT_NAMES.filter((input) => definitionOf(input).secret)) {
    const value = given.get(name);
    if (value === undefined) continue;
    secrets.mask(value.text.trim());
    secrets.mask(value.text);
  }
  return secrets;
}

/** Everything that can be told without the network. @returns whether nothing is wrong */
function reportValues(values: Values, secrets: Secrets, report: Report): boolean {
  const now = new Date();
  const show = (text: string): string =>
    describePrivateKey(text) === undefined ? sanitize(text, secrets) : '(a private key)';
  const subject: Subject = { values, action: createActionReader(values), show };
  const { checks, certificate } = checkMaterial(subject, now);
  const gateway = readGateway(subject);
  const known = { values, certificate };
  const sections: [heading: string, checks: Check[]][] = [
    [
      'Values',
      [...checks, ...checkClientCertificate(subject, now), ...checkInputs(subject), ...checkAge(known)],
    ],
    ['Addresses', listAddresses(gateway, subject)],
    ['This machine', [checkClock(known, now), ...checkMachine(gateway)]],
  ];
  for (const [heading, found] of sections) {
    report.heading(heading);
    for (const check of found) report.add(check);
  }
  return !sections.some(([, found]) => found.some(isWrong));
}

async function reportLive(about: {
  values: Values;
  secrets: Secrets;
  report: Report;
  flags: Flags;
}): Promise<void> {
  const { values, secrets, report, flags } = about;
  const request = attempt(() => readTokenRequest(values, secrets));
  if (request instanceof ActionError) {
    for (const check of [refused('inputs', request), ...liveNotTried()]) report.add(check);
    return;
  }
  const consent = async (): Promise<boolean> => {
    if (flags['yes'] === true) return true;
    print(
      '',
      'The exchange makes a new token, and that ends the current token of this API key, whoever uses it.',
    );
    return await confirm('Make the exchange?');
  };
  for await (const check of checkLive({ request, secrets, consent })) report.add(check);
}
