import { afterEach, expect, test } from '@jest/globals';
import { createSecrets } from '../../src/redaction.ts';
import { parseRequest, parseTokenRequest } from '../../src/request/parse.ts';
import { INPUT_NAMES, INPUTS, type InputName } from '../../src/request/schema.ts';
import { thrownError } from '../sprinklr/thrown-error.ts';

afterEach(() => {
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
});

const options = {
  secrets: createSecrets(() => undefined),
  sealScope: () => ({ repository: '1', runId: '1' }),
};
const reader =
  (inputs: Partial<Record<InputName, string>>) =>
  (name: string): string =>
    inputs[name as InputName] ?? '';

const PLACEHOLDERS: [text: string, problem: RegExp][] = [
  ['secrets.SPRINKLR_API_KEY', /name of a secret or variable/],
  ['vars.SPRINKLR_APP_ID', /name of a secret or variable/],
  ['$SPRINKLR_API_KEY', /name of a shell variable/],
  ['${SPRINKLR_API_KEY}', /name of a shell variable/],
  ['{{ api_key }}', /expression that was not evaluated/],
  ['{{}}', /expression that was not evaluated/],
  ['${{ secrets.SPRINKLR_API_KEY }}', /expression that was not evaluated/],
  ['${{secrets.SPRINKLR_API_KEY}}', /expression that was not evaluated/],
  ['null', /missing value/],
  ['undefined', /missing value/],
  ['None', /missing value/],
  [' null\n', /missing value/],
];

test.each(PLACEHOLDERS)('%j in any input is INPUT_INVALID', (text, problem) => {
  for (const name of INPUT_NAMES.filter((one) => one !== 'strategy-job-total')) {
    for (const parse of [parseRequest, parseTokenRequest]) {
      const error = thrownError(() => parse(reader({ [name]: text }), options));
      expect(error).toMatchObject({ code: 'INPUT_INVALID', inputs: [name] });
      expect(error.message).toContain(`\`${name}\` is `);
      expect(error.message).toMatch(problem);
      expect(error.message).not.toContain('SPRINKLR_A');
    }
  }
});

test.each([
  'secrets.',
  'secrets.A B',
  'my secrets.NAME',
  '$',
  '$name',
  '$5ecret',
  '${name}',
  '${NAME}x',
  'x$NAME',
  'a{{b}}',
  '{{b}}c',
  '$NAME$NAME',
  'nullable',
  'Null',
  'NONE',
])('%j can be a secret', (text) => {
  const { code, inputs } = thrownError(() => parseRequest(reader({ 'api-secret': text }), options));
  expect([code, inputs]).not.toContain('INPUT_INVALID');
  expect(inputs).not.toContain('api-secret');
});

test('strategy-job-total can be unevaluated', () => {
  const text = INPUTS['strategy-job-total'].default;
  const error = thrownError(() => parseRequest(reader({ 'strategy-job-total': text }), options));
  expect(error.code).toBe('INPUT_MISSING');
});

test('a placeholder is masked before the error that names it, if the input is secret', () => {
  const masks: string[] = [];
  const secrets = createSecrets((mask) => masks.push(mask));
  thrownError(() => parseRequest(reader({ 'api-secret': 'secrets.NAME' }), { ...options, secrets }));
  expect(masks).toContain('secrets.NAME');
});

test('NODE_TLS_REJECT_UNAUTHORIZED=0 is TLS_FAILED, whatever the mode', () => {
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  for (const mode of ['token', 'register', 'unseal']) {
    expect(thrownError(() => parseRequest(reader({ mode }), options))).toMatchObject({
      code: 'TLS_FAILED',
      message: expect.stringContaining('NODE_TLS_REJECT_UNAUTHORIZED=0'),
      remedy: expect.stringMatching(/Unset it.*NODE_EXTRA_CA_CERTS/),
    });
  }
  expect(thrownError(() => parseTokenRequest(reader({}), options)).code).toBe('TLS_FAILED');

  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '1';
  expect(thrownError(() => parseRequest(reader({}), options)).code).toBe('INPUT_MISSING');
});
