import fc from 'fast-check';
import type { Fault } from '../../src/simulator/simulator.ts';
import { hostileAnswers, type HostileAnswer } from './hostile.ts';
import { HACKED } from './words.ts';

export type Mode = 'token' | 'register' | 'unseal';

/** A step, and the server that it meets. */
export interface Scenario {
  readonly mode: Mode;
  readonly app: { readonly apiKey: string; readonly apiSecret: string; readonly redirectUri: string };
  readonly username: string;
  /** Counted round, as the keys are made when the tests start. */
  readonly key: { readonly form: number; readonly wrong: number | undefined };
  readonly certificate: 'none' | 'its own' | "another key's" | 'expired' | 'about to expire' | 'the key';
  readonly grant: 'code' | 'address' | 'access token';
  /** With a client certificate and its key; nobody asks for them over plain HTTP. */
  readonly client: boolean;
  readonly sealed: {
    readonly token: string;
    readonly secondsLeft: number;
    readonly change: 'none' | 'cut' | 'flip' | 'run';
  };
  readonly settings: Readonly<Record<string, string>>;
  /** Inputs that are put in place of good ones. */
  readonly spoiled: readonly (readonly [input: string, value: string])[];
  readonly attempts: 1 | 2;
  readonly server:
    { readonly faults: readonly Fault[] } | { readonly answers: readonly HostileAnswer[] } | 'nobody' | 'TLS';
  readonly debug: boolean;
}

const rarely = <T, U>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<U>, weight = 9): fc.Arbitrary<T | U> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });

/** No variable of an environment holds a zero, or half a character. */
const variable = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  text.map((one) => Buffer.from(one.replaceAll('\0', '0')).toString());

const odd = fc.constantFrom(
  ...[
    `k::error::${HACKED}`,
    `##[add-mask]${HACKED}-key`,
    '%0A::error::%25',
    'a"b\\c\'d`e$f<g>h|i',
    '%%%%%%%%',
    'äöü€🔑 ∑∆',
  ],
  ...['********************', '::add-mask::::add-mask::', 'abcd', 'abcdefg', '\\n\\n\\nabcdefgh\\nijklmnop'],
);
const word = rarely(
  fc.oneof(fc.base64String({ minLength: 12, maxLength: 80 }), fc.string({ minLength: 8, maxLength: 60 })),
  odd,
).map((text) => text.trim().replace(/[^\x21-\x7e]/g, '~'));
const line = rarely(
  fc.oneof(
    fc.base64String({ minLength: 12, maxLength: 80 }),
    fc.string({ unit: 'grapheme', minLength: 8, maxLength: 50 }),
  ),
  odd,
).map((text) => text.trim());

const settings = fc.record(
  {
    environment: fc.constantFrom('prod2', 'prod', '', '{prod4}', 'PROD8', 'prod2 '),
    gateway: fc.constantFrom('api2', 'api3'),
    'parameters-in': fc.constantFrom('query', 'body'),
    verify: fc.constantFrom('true', 'false'),
    seal: fc.constantFrom('true', 'false'),
    'export-env': fc.constantFrom('true', 'false'),
    'job-summary': fc.constantFrom('true', 'false'),
    'allowed-workspace-ids': fc.constantFrom('', '66000002', '1, 2\n3'),
    'assertion-lifetime': fc.constantFrom('30', '600'),
    audience: fc.constantFrom('https://www.sprinklr.com/', `https://${HACKED}.example.com/`),
    'certificate-warning-days': fc.constantFrom('0', '3650'),
    'strategy-job-total': fc.constantFrom('1', '3'),
    'private-key-passphrase': fc.constantFrom('not needed, but a secret', 'short'),
    'mtls-passphrase': line,
  },
  { requiredKeys: [] },
);

/** Never one that is the address of some real host: these tests call nobody but themselves. */
const baseUrls = [
  ...[
    'http://example.com',
    'ftp://127.0.0.1',
    'https://user:password1@127.0.0.1',
    'not an address',
    'https://127.0.0.1/path',
  ],
  ...[
    'http://127.0.0.1.example.com',
    'http://localhost@example.com',
    'https://127.0.0.1?x',
    'javascript:alert(1)',
    '//127.0.0.1',
  ],
];
const texts = variable(
  fc.oneof(
    fc.constantFrom(
      '',
      ' ',
      'x',
      '0',
      '-1',
      '1e3',
      'true\nfalse',
      'TRUE',
      'null',
      '{}',
      '[]',
      '__proto__',
      '${{ secrets.A }}',
    ),
    fc.constantFrom(
      `::error::${HACKED}`,
      `##[error]${HACKED}`,
      'constructor',
      'https://www.example.com/?code=',
      '%',
      '\\u003d',
    ),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ maxLength: 200 }),
    fc.json({ maxDepth: 2 }),
  ),
);
const spoiled = fc.oneof(
  fc.tuple(fc.constant('base-url'), fc.constantFrom(...baseUrls)),
  fc.tuple(fc.constant('max-attempts'), fc.constantFrom('0', '11', 'x', '1.5', '-1', '٣')),
  // None that is good and long: a server that hangs would be waited for.
  fc.tuple(fc.constant('timeout-seconds'), fc.constantFrom('4', '601', 'x', '5s', '1e1', '5')),
  fc.tuple(
    fc.constantFrom(
      ...[
        'mode',
        'private-key',
        'app-id',
        'username',
        'audience',
        'api-key',
        'api-secret',
        'redirect-uri',
        'environment',
      ],
      ...[
        'gateway',
        'certificate',
        'certificate-warning-days',
        'access-token',
        'authorization-code',
        'assertion-lifetime',
      ],
      ...[
        'parameters-in',
        'verify',
        'allowed-workspace-ids',
        'seal',
        'sealed-token',
        'export-env',
        'job-summary',
      ],
      ...['mtls-certificate', 'mtls-private-key', 'mtls-passphrase', 'private-key-passphrase'],
    ),
    texts,
  ),
);

const quickFault = fc.oneof(
  fc.constantFrom<Fault>({ kind: 'none' }, { kind: 'html' }, { kind: 'garbage' }, { kind: 'giant' }),
  fc.constantFrom<Fault>(
    { kind: 'retry-after', after: 0 },
    { kind: 'retry-after', after: 9999 },
    { kind: 'redirect', location: `https://${HACKED}.example.com/` },
  ),
  fc.constantFrom<Fault>({ kind: 'clock', seconds: -3600 }, { kind: 'clock', seconds: 45 }),
  fc
    .constantFrom(400, 401, 403, 404, 405, 421, 429, 500, 503, 596)
    .map((status): Fault => ({ kind: 'status', status, headers: { 'Retry-After': '0' } })),
  fc.json({ maxDepth: 3 }).map((text): Fault => ({ kind: 'body', json: JSON.parse(text) as unknown })),
);
/** These are tried again after a second, so they are for steps with one attempt. */
const lostConnection = fc.constantFrom<Fault>({ kind: 'reset' }, { kind: 'cut' }, { kind: 'not-http' });
/** These last as long as the bound does. */
const stall = fc.constantFrom<Fault>({ kind: 'hang' }, { kind: 'drip', everyMs: 60 });

/** A connection that breaks would be made again after a second. */
function wellMannered(answers: readonly HostileAnswer[]): HostileAnswer[] {
  return answers.map((one) => ({
    ...one,
    status: Math.max(one.status, 200),
    framing: 'length',
    splits: false,
  }));
}

const server = (attempts: 1 | 2, slow: boolean): fc.Arbitrary<Scenario['server']> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        faults: fc.array(
          fc.oneof(
            { weight: 6, arbitrary: quickFault },
            { weight: attempts === 1 ? 2 : 0, arbitrary: lostConnection },
            { weight: slow ? 2 : 0, arbitrary: stall },
          ),
          { maxLength: 3 },
        ),
      }),
    },
    {
      weight: 7,
      arbitrary: fc.record({ answers: attempts === 1 ? hostileAnswers : hostileAnswers.map(wellMannered) }),
    },
    { weight: attempts === 1 ? 1 : 0, arbitrary: fc.constantFrom('nobody' as const, 'TLS' as const) },
  );

/** @param slow whether a server may keep the step waiting until its time is up */
export function scenarios(mode: Mode, { slow = false } = {}): fc.Arbitrary<Scenario> {
  const withAttempts = (attempts: 1 | 2): fc.Arbitrary<Scenario> =>
    fc.record({
      mode: fc.constant(mode),
      app: fc.record({
        apiKey: word,
        apiSecret: line,
        redirectUri: fc.constantFrom(
          'https://www.example.com/callback?from=sprinklr',
          'http://localhost:8080/',
          'custom:callback',
        ),
      }),
      username: rarely(
        fc.constant('ci-bot@example.com'),
        fc.constantFrom(`##[error]${HACKED}`, `::error::${HACKED}`, 'ü|`<b>*x*'),
      ),
      key: fc.record({ form: fc.nat(99), wrong: rarely(fc.constant(undefined), fc.nat(99)) }),
      certificate: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('none' as const, 'its own' as const) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            "another key's" as const,
            'expired' as const,
            'about to expire' as const,
            'the key' as const,
          ),
        },
      ),
      client: rarely(fc.constant(false), fc.constant(true), 4),
      grant: fc.constantFrom('code' as const, 'address' as const, 'access token' as const),
      sealed: fc.record({
        token: word.filter((text) => text.length >= 8),
        secondsLeft: rarely(fc.integer({ min: 60, max: 1e8 }), fc.integer({ min: -1e6, max: 0 }), 6),
        change: rarely(
          fc.constant('none' as const),
          fc.constantFrom('cut' as const, 'flip' as const, 'run' as const),
          4,
        ),
      }),
      settings,
      spoiled: fc.oneof(
        { weight: 4, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(spoiled, { minLength: 1, maxLength: 2 }) },
      ),
      attempts: fc.constant(attempts),
      server: server(attempts, slow),
      debug: fc.boolean(),
    });
  return rarely(withAttempts(1), withAttempts(2), 19);
}
