import fc from 'fast-check';
import type { Fault } from '../../src/simulator/simulator.ts';
import { hostileResponses, type HostileResponse } from './hostile-response.ts';
import { INJECTED } from './hostile-text.ts';

export type Mode = 'token' | 'register' | 'unseal';

/** A step, and the server that it calls. */
export interface Scenario {
  readonly mode: Mode;
  readonly app: { readonly apiKey: string; readonly apiSecret: string; readonly redirectUri: string };
  readonly username: string;
  /** Indices modulo the number of keys, which are created later. */
  readonly key: { readonly form: number; readonly wrong: number | undefined };
  readonly certificate:
    'none' | 'matching' | "another key's" | 'expired' | 'about to expire' | 'the private key';
  readonly grant: 'code' | 'redirect URL' | 'access token';
  /** Whether the step has a client certificate. Servers without TLS don't request it. */
  readonly clientCertificate: boolean;
  readonly sealed: {
    readonly token: string;
    readonly secondsLeft: number;
    readonly change: 'none' | 'truncated' | 'altered' | 'other run';
  };
  readonly settings: Readonly<Record<string, string>>;
  /** Invalid or odd values that replace valid ones. */
  readonly overrides: readonly (readonly [input: string, value: string])[];
  readonly attempts: 1 | 2;
  readonly server:
    | { readonly faults: readonly Fault[] }
    | { readonly responses: readonly HostileResponse[] }
    | 'closed port'
    | 'no TLS';
  readonly debug: boolean;
}

const rarely = <T, U>(usual: fc.Arbitrary<T>, rare: fc.Arbitrary<U>, weight = 9): fc.Arbitrary<T | U> =>
  fc.oneof({ weight, arbitrary: usual }, { weight: 1, arbitrary: rare });

/** Environment variables contain neither NUL nor lone surrogates. */
const variable = (text: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  text.map((one) => Buffer.from(one.replaceAll('\0', '0')).toString());

const odd = fc.constantFrom(
  ...[
    `k::error::${INJECTED}`,
    `##[add-mask]${INJECTED}-key`,
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
    audience: fc.constantFrom('https://www.sprinklr.com/', `https://${INJECTED}.example.com/`),
    'certificate-warning-days': fc.constantFrom('0', '3650'),
    'strategy-job-total': fc.constantFrom('1', '3'),
    'private-key-passphrase': fc.constantFrom('not needed, but a secret', 'short'),
    'mtls-passphrase': line,
  },
  { requiredKeys: [] },
);

/** None is the address of a real host: these tests must not call other servers. */
const baseUrls = [
  ...'http://example.com ftp://127.0.0.1 https://user:password1@127.0.0.1 https://127.0.0.1/path'.split(' '),
  ...'http://127.0.0.1.example.com http://localhost@example.com https://127.0.0.1?x //127.0.0.1'.split(' '),
  ...['javascript:alert(1)', 'not an address'],
];
const texts = variable(
  fc.oneof(
    fc.constantFrom(
      ...['', ' ', 'true\nfalse', '${{ secrets.A }}', `::error::${INJECTED}`, `##[error]${INJECTED}`],
      ...'x 0 -1 1e3 TRUE null {} [] __proto__ constructor % \\u003d https://www.example.com/?code='.split(
        ' ',
      ),
    ),
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.string({ maxLength: 200 }),
    fc.json({ maxDepth: 2 }),
  ),
);
const override = fc.oneof(
  fc.tuple(fc.constant('base-url'), fc.constantFrom(...baseUrls)),
  fc.tuple(fc.constant('max-attempts'), fc.constantFrom('0', '11', 'x', '1.5', '-1', '٣')),
  // No long time limit is valid, because the step would wait for a server that hangs.
  fc.tuple(fc.constant('timeout-seconds'), fc.constantFrom('4', '601', 'x', '5s', '1e1', '5')),
  fc.tuple(
    fc.constantFrom(
      ...'mode private-key private-key-passphrase app-id username audience api-key api-secret'.split(' '),
      ...'redirect-uri environment gateway certificate certificate-warning-days access-token'.split(' '),
      ...'authorization-code assertion-lifetime parameters-in verify allowed-workspace-ids seal'.split(' '),
      ...'sealed-token export-env job-summary mtls-certificate mtls-private-key mtls-passphrase'.split(' '),
    ),
    texts,
  ),
);

const quickFault = fc.oneof(
  fc.constantFrom<Fault>({ kind: 'none' }, { kind: 'html' }, { kind: 'garbage' }, { kind: 'giant' }),
  fc.constantFrom<Fault>(
    { kind: 'retry-after', after: 0 },
    { kind: 'retry-after', after: 9999 },
    { kind: 'redirect', location: `https://${INJECTED}.example.com/` },
  ),
  fc.constantFrom<Fault>({ kind: 'clock', seconds: -3600 }, { kind: 'clock', seconds: 45 }),
  fc
    .constantFrom(400, 401, 403, 404, 405, 421, 429, 500, 503, 596)
    .map((status): Fault => ({ kind: 'status', status, headers: { 'Retry-After': '0' } })),
  fc.json({ maxDepth: 3 }).map((text): Fault => ({ kind: 'body', json: JSON.parse(text) as unknown })),
);
/** Retried after a second, so these are for steps with one attempt. */
const brokenConnection = fc.constantFrom<Fault>({ kind: 'reset' }, { kind: 'cut' }, { kind: 'not-http' });
/** These take until the time limit. */
const stall = fc.constantFrom<Fault>({ kind: 'hang' }, { kind: 'drip', everyMs: 60 });

/** A broken connection would be retried after a second. */
function keepConnection(responses: readonly HostileResponse[]): HostileResponse[] {
  return responses.map((one) => ({
    ...one,
    status: Math.max(one.status, 200),
    framing: 'length',
    splitsHeaders: false,
  }));
}

const server = (attempts: 1 | 2, stalls: boolean): fc.Arbitrary<Scenario['server']> =>
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        faults: fc.array(
          fc.oneof(
            { weight: 6, arbitrary: quickFault },
            { weight: attempts === 1 ? 2 : 0, arbitrary: brokenConnection },
            { weight: stalls ? 2 : 0, arbitrary: stall },
          ),
          { maxLength: 3 },
        ),
      }),
    },
    {
      weight: 7,
      arbitrary: fc.record({
        responses: attempts === 1 ? hostileResponses : hostileResponses.map(keepConnection),
      }),
    },
    { weight: attempts === 1 ? 1 : 0, arbitrary: fc.constantFrom('closed port' as const, 'no TLS' as const) },
  );

/** @param stalls whether a server can keep the step waiting until its time limit */
export function scenarios(mode: Mode, { stalls = false } = {}): fc.Arbitrary<Scenario> {
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
        fc.constantFrom(`##[error]${INJECTED}`, `::error::${INJECTED}`, 'ü|`<b>*x*'),
      ),
      key: fc.record({ form: fc.nat(99), wrong: rarely(fc.constant(undefined), fc.nat(99)) }),
      certificate: fc.oneof(
        { weight: 9, arbitrary: fc.constantFrom('none' as const, 'matching' as const) },
        {
          weight: 1,
          arbitrary: fc.constantFrom(
            "another key's" as const,
            'expired' as const,
            'about to expire' as const,
            'the private key' as const,
          ),
        },
      ),
      clientCertificate: rarely(fc.constant(false), fc.constant(true), 4),
      grant: fc.constantFrom('code' as const, 'redirect URL' as const, 'access token' as const),
      sealed: fc.record({
        token: word.filter((text) => text.length >= 8),
        secondsLeft: rarely(fc.integer({ min: 60, max: 1e8 }), fc.integer({ min: -1e6, max: 0 }), 6),
        change: rarely(
          fc.constant('none' as const),
          fc.constantFrom('truncated' as const, 'altered' as const, 'other run' as const),
          4,
        ),
      }),
      settings,
      overrides: fc.oneof(
        { weight: 4, arbitrary: fc.constant([]) },
        { weight: 1, arbitrary: fc.array(override, { minLength: 1, maxLength: 2 }) },
      ),
      attempts: fc.constant(attempts),
      server: server(attempts, stalls),
      debug: fc.boolean(),
    });
  return rarely(withAttempts(1), withAttempts(2), 19);
}
