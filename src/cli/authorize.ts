import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
import { openBrowser } from './authorize/browser.ts';
import { DeskError, integerOf, textOf, usageError, type Command, type Flags } from './command.ts';
import { readConsentAnswer } from './authorize/consent-answer.ts';
import { readText } from './files.ts';
import { GATEWAY_FLAGS, gatewayOf } from './gateway-flags.ts';
import { requireGh } from './gh.ts';
import { CODE_SECONDS, duration, handOn, workflowOf } from './authorize/hand-on.ts';
import { canLandHere, listenForLanding, type Landing } from './authorize/landing.ts';
import { ask, isInteractive, paint, print } from './terminal.ts';

/** Gets a one-time code by the consent in a browser, and hands it on to the workflow that registers. */
export const authorize: Command = {
  help: `Usage: sprinklr-token authorize --redirect-uri URL [flags]

Makes the consent address, opens it in a browser, and takes the answer: it catches it where the app's callback URL is on
this machine (http://localhost:PORT/…), and else asks for the address that the browser landed on. Then it starts the
workflow that registers the certificate, or prints the command for it. A code works once and for ten minutes.

  --redirect-uri URL    the app's callback URL, to the letter
  --environment NAME    like prod2; default the default production environment
  --gateway NAME        api2 (default) or api3
  --base-url URL        an origin instead of the gateway's, such as a simulator
  --api-key-file FILE   holds the API key; else the variable SPRINKLR_API_KEY, else you are asked.
                        It becomes a part of the address, as OAuth has it
  --no-browser          only print the address
  --timeout-seconds N   how long to wait for the answer, default ${CODE_SECONDS}
  --dispatch            start the workflow without asking; needs GitHub's gh
  --workflow NAME       default register.yml; its input has to be named code
  --repo OWNER/NAME     default the repository of this folder
  --ref NAME            the branch whose workflow is meant; default the default branch

Without a terminal, the address that the browser landed on is read from standard input.

Example: sprinklr-token authorize --environment prod2 --redirect-uri https://www.example.com/callback --dispatch`,
  options: {
    ...GATEWAY_FLAGS,
    'redirect-uri': { type: 'string' },
    'api-key-file': { type: 'string' },
    'no-browser': { type: 'boolean' },
    'timeout-seconds': { type: 'string' },
    dispatch: { type: 'boolean' },
    workflow: { type: 'string' },
    repo: { type: 'string' },
    ref: { type: 'string' },
  },
  async run(flags) {
    const redirectUri = redirectUriOf(flags);
    const { authorizationEndpoint: consent } = gatewayOf(flags);
    const seconds = integerOf(flags, 'timeout-seconds', { least: 1, most: 3600, default: CODE_SECONDS });
    const workflow = workflowOf(flags);
    const dispatch = flags['dispatch'] === true;
    const apiKey = await apiKeyOf(flags);
    // Before the code starts to age.
    if (dispatch) await requireGh(workflow.host);

    const state = randomBytes(24).toString('base64url');
    const address = consentAddress(consent, { apiKey, redirectUri, state });
    const read = (text: string): string | undefined => readConsentAnswer(text, state);
    const landing = await landingAt(new URL(redirectUri), read);
    let code: string;
    try {
      print(
        'Open this address in a browser where you are logged in to Sprinklr, and allow the app:',
        '',
        address,
        '',
      );
      if (flags['no-browser'] !== true && (await openBrowser(address)))
        print('It was handed to your browser.');
      code = await withinSeconds(seconds, (over) => answer({ landing, read, redirectUri, seconds, over }));
    } finally {
      if (landing !== undefined) landing.close();
    }
    await handOn({ code, workflow, dispatch, until: new Date(Date.now() + CODE_SECONDS * 1000) });
    return 0;
  },
};

/** Each parameter percent-encoded, a space as `%20`: not every server reads `+` as one. */
function consentAddress(
  consent: URL,
  { apiKey, redirectUri, state }: { apiKey: string; redirectUri: string; state: string },
): string {
  const parameters = { client_id: apiKey, response_type: 'code', redirect_uri: redirectUri, state };
  const query = Object.entries(parameters).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `${consent.href}?${query.join('&')}`;
}

function redirectUriOf(flags: Flags): string {
  const text = textOf(flags, 'redirect-uri');
  const remedy =
    "Give the app's callback URL, to the letter: --redirect-uri=https://www.example.com/callback";
  if (text === '') throw usageError('--redirect-uri is missing.', remedy);
  if (!URL.canParse(text) || /[\p{C}\p{Z}]/u.test(text))
    throw usageError('--redirect-uri is not an address.', remedy);
  // RFC 6749 §3.1.2
  if (text.includes('#')) throw usageError('--redirect-uri has a # in it, which OAuth forbids.', remedy);
  return text;
}

async function apiKeyOf(flags: Flags): Promise<string> {
  const file = textOf(flags, 'api-key-file');
  if (file === '-') {
    throw usageError(
      '--api-key-file has to be a file: standard input is for the address that the browser landed on.',
      'Give a file, or set the variable SPRINKLR_API_KEY.',
    );
  }
  const given = file === '' ? (process.env['SPRINKLR_API_KEY'] ?? '') : await readText(file, 'the API key');
  const apiKey = given.trim() === '' && isInteractive() ? await ask('API key: ') : given.trim();
  if (apiKey === '') {
    throw usageError(
      'The API key is missing.',
      'Set the variable SPRINKLR_API_KEY, or give --api-key-file=FILE.',
    );
  }
  if (/^[\x21-\x7e]+$/.test(apiKey)) return apiKey;
  throw new DeskError(
    'The API key is not one word of printable ASCII characters.',
    "Check for a stray space, or for the app's other values beside it.",
  );
}

type Reader = (text: string) => string | undefined;

/** Listens where the callback is on this machine; where that cannot be done, it says why. */
async function landingAt(redirectUri: URL, read: Reader): Promise<Landing | undefined> {
  if (!canLandHere(redirectUri)) return undefined;
  try {
    return await listenForLanding(redirectUri, read);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    const why = TROUBLES[code] ?? `it cannot be listened at (${code})`;
    print(
      paint('yellow', `${redirectUri.origin} is no use: ${why}. So the answer is not caught here.`),
      'The browser will land on an error page, or on what another program shows.',
      '',
    );
    return undefined;
  }
}

const TROUBLES: Readonly<Record<string, string>> = {
  EACCES: 'this user may not listen at that port',
  EADDRINUSE: 'the port is already taken',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/** Does what takes a person, for so long. @throws {DeskError} when the time is up */
async function withinSeconds<Result>(
  seconds: number,
  work: (over: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const over = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(
        new DeskError(
          `No answer came within ${duration(seconds)}.`,
          'Run this again; it makes a new address. If the browser showed an error of Sprinklr, check the API key, --redirect-uri and --environment.',
        ),
      );
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(over.signal), timeout]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
}

interface Waiting {
  readonly landing: Landing | undefined;
  readonly read: Reader;
  readonly redirectUri: string;
  readonly seconds: number;
  readonly over: AbortSignal;
}

/** The code, by whichever way it comes first. */
async function answer({ landing, read, redirectUri, seconds, over }: Waiting): Promise<string> {
  if (landing === undefined) {
    print(
      'Then copy the address that the browser lands on. An error page there is all right, only the address counts:',
      `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}code=…`,
      '',
    );
    return await (isInteractive() ? askedAddress('Address: ', read, over) : pipedAddress(read, over));
  }
  print(`Waiting for the browser at ${redirectUri}, for ${duration(seconds)} at most.`);
  if (!isInteractive()) return await landing.code;
  // It may run on another machine, where that address is another one.
  const pasted = askedAddress('Or paste the address that it landed on: ', read, over);
  const caught = landing.code.finally(() => {
    print('');
  });
  return await Promise.race([caught, pasted]);
}

/** Asks until there is an answer in it. */
async function askedAddress(question: string, read: Reader, over: AbortSignal): Promise<string> {
  for (;;) {
    const text = await ask(question, over);
    const code = read(text);
    if (code !== undefined) return code;
    if (text !== '')
      print('That holds no code. The address that is meant has "code=" in it, or it is the code alone.');
  }
}

async function pipedAddress(read: Reader, over: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin });
  over.addEventListener('abort', () => {
    lines.close();
  });
  for await (const line of lines) {
    if (line.trim() === '') continue;
    const code = read(line);
    if (code !== undefined) return code;
    throw new DeskError(
      'The address on standard input holds no code.',
      'Give the address that the browser landed on after the consent: it has "code=" in it.',
    );
  }
  throw new DeskError(
    'Standard input ended before the address came.',
    'Run this in a terminal, or pipe in the address that the browser landed on.',
  );
}
