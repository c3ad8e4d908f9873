import { describe, expect, test } from '@jest/globals';
import { evaluate, fillIn, holds } from './expressions.ts';
import { onlyKeys } from './model.ts';

const contexts = {
  secrets: { KEY: 'k' },
  inputs: { 'app-id': 'a', flag: false },
  steps: { one: { outcome: 'failure', outputs: { 'error-code': 'TIMED_OUT' } } },
};

describe('the expressions of the engine', () => {
  test.each<[string, unknown]>([
    ['secrets.KEY', 'k'],
    ['secrets.MISSING', ''],
    ['secrets.MISSING || secrets.KEY', 'k'],
    ["steps.one.outputs['error-code'] == 'timed_out'", true],
    ["steps.one.outcome != 'failure' && secrets.KEY", false],
    ["!(inputs.flag || 'x' == 'y')", true],
    ["format('it''s {1}, {0}', inputs.app-id, 7)", "it's 7, a"],
  ])('%s gives %j', (expression, value) => {
    expect(evaluate(expression, contexts)).toBe(value);
  });

  test.each([
    'inputs.app',
    'steps.two.outputs.x',
    'github.run_id',
    'hashFiles(1)',
    "secrets.KEY ? 'a'",
    'secrets.KEY KEY',
    '1 == secrets.KEY',
    "'open",
  ])('%s is refused', (expression) => {
    expect(() => evaluate(expression, contexts)).toThrow();
  });

  test('stand in texts, or are one', () => {
    expect(fillIn('a ${{ secrets.KEY }} b ${{ inputs.flag }}', contexts)).toBe('a k b false');
    expect(fillIn('${{ inputs.flag }}', contexts)).toBe(false);
  });

  test('are conditions, which want success where they do not ask for a status', () => {
    expect(holds("secrets.KEY == 'k'", contexts, 'success')).toBe(true);
    expect(holds("secrets.KEY == 'k'", contexts, 'failure')).toBe(false);
    expect(holds('${{ always() }}', contexts, 'failure')).toBe(true);
    expect(holds("failure() && steps.one.outputs['error-code'] == 'TIMED_OUT'", contexts, 'failure')).toBe(
      true,
    );
  });
});

test('the engine passes over nothing that it does not know', () => {
  expect(() => {
    onlyKeys({ run: '', shell: 'pwsh' }, ['run']);
  }).toThrow('shell');
});
