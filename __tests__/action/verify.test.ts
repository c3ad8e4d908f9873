import { describe, expect, test } from '@jest/globals';
import type { Fault, Simulator } from '../../src/simulator/simulator.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep, type Inputs } from './harness.ts';
import { app, status, world } from './world.ts';

/** The workspace of the simulator's user. */
const workspace = '66000002';
const endpoints = ({ requests }: Simulator): unknown[] => requests.map(({ endpoint }) => endpoint);

test('verify checks the identity of the token and outputs its IDs', async () => {
  const { sprinklr, token } = await world();
  const step = await runStep({ inputs: { ...token, verify: 'true' } });

  expectSuccess(step);
  expect(step.outputs).toMatchObject({
    'workspace-id': workspace,
    'user-id': '66014640',
    'customer-id': '66000000',
  });
  expect(endpoints(sprinklr)).toEqual(['apptoken', 'me']);
  const [, me] = sprinklr.requests;
  expect(me?.path).toBe('/prod2/api/v2/me');
  expect(me?.headers).toMatchObject({
    authorization: `Bearer ${step.outputs['access-token'] ?? ''}`,
    key: app.apiKey,
  });
  expect(step.summary).toMatch(
    new RegExp(
      `\\n\\| User ID \\| \\d+ \\|\\n\\| Workspace ID \\| ${workspace} \\|\\n\\| Customer ID \\| \\d+ \\|\\n`,
    ),
  );
});

test('without verify, there is no identity check, and no IDs are output', async () => {
  const { sprinklr, token } = await world();
  const step = await runStep({ inputs: token });

  expect(endpoints(sprinklr)).toEqual(['apptoken']);
  expect(Object.keys(step.outputs).filter((name) => name.endsWith('-id'))).toEqual([]);
});

test('allowed-workspace-ids implies verify and is a list', async () => {
  const { sprinklr, token } = await world();
  const list = `1,\r\n${workspace} , 2\n`;
  const step = await runStep({ inputs: { ...token, 'allowed-workspace-ids': list } });

  expectSuccess(step);
  expect(endpoints(sprinklr)).toEqual(['apptoken', 'me']);
  expect(step.outputs['workspace-id']).toBe(workspace);
});

test.each(['66000003', '6600000', '660000020', '066000002'])(
  'with allowed-workspace-ids %s, a token of another workspace is not output',
  async (list) => {
    const { sprinklr, token } = await world();
    const inputs = { ...token, 'allowed-workspace-ids': list, seal: 'true', 'export-env': 'true' };
    const step = await runStep({ inputs });

    const liveToken = sprinklr.liveToken(app.apiKey) ?? '';
    expectFailure(step, 'WORKSPACE_NOT_ALLOWED', `workspace ${workspace}`, 'allowed-workspace-ids');
    expect(step.masks).toContain(liveToken);
    expect(step.log.replace(/^::add-mask::.*$/gm, '')).not.toContain(liveToken);
  },
);

test.each(['66000002 # sandbox', '*'])(
  'allowed-workspace-ids "%s" is rejected before any request',
  async (list) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, 'allowed-workspace-ids': list } });

    expectFailure(step, 'INPUT_INVALID', 'allowed-workspace-ids');
    expect(sprinklr.requests).toEqual([]);
  },
);

describe('the identity check', () => {
  test('of a token that another job has invalidated names that as the likely cause', async () => {
    const { sprinklr, token } = await world();
    sprinklr.fault('me', { kind: 'status', status: 503, headers: { 'Retry-After': '1' } });
    const checking = runStep({ inputs: { ...token, verify: 'true', 'export-env': 'true' } });
    while (!endpoints(sprinklr).includes('me')) await new Promise((resolve) => setTimeout(resolve, 10));
    const invalidated = sprinklr.liveToken(app.apiKey);
    sprinklr.issueAccessToken(app.apiKey);
    const step = await checking;

    expectFailure(step, 'CREDENTIALS_REJECTED', /identity check/i, 'HTTP 401', 'Another job');
    expect(step.masks).toContain(invalidated);
  });

  // Besides the responses of __tests__/sprinklr/identity.test.ts.
  test.each<[string, Fault, string]>([
    ['no data', { kind: 'body', json: { errors: [] } }, 'user'],
    ['a null workspace', me({ workspaceId: null }), 'workspace ID'],
    ['a workspace with a name', me({ workspaceId: 'main' }), 'workspace ID'],
    ['an empty user ID', me({ id: '' }), 'user ID'],
    ['an object as the customer ID', me({ customerId: {} }), 'customer ID'],
    ['an HTML page', { kind: 'html' }, 'JSON'],
    ['a response of more than 1 MiB', { kind: 'giant' }, '1 MiB'],
  ])('that gets %s outputs nothing', async (_, fault, fact) => {
    const { sprinklr, token } = await world();
    sprinklr.fault('me', fault);
    const step = await runStep({ inputs: { ...token, verify: 'true' } });

    expectFailure(step, 'RESPONSE_INVALID', /identity check/i, 'HTTP 200', fact);
    expect(step.masks).toContain(sprinklr.liveToken(app.apiKey));
  });

  test('accepts IDs that are strings of digits, and does not round them', async () => {
    const { sprinklr, token } = await world();
    sprinklr.fault('me', me({ workspaceId: '12345678901234567890' }));
    const step = await runStep({ inputs: { ...token, 'allowed-workspace-ids': '12345678901234567890' } });

    expectSuccess(step);
    expect(step.outputs['workspace-id']).toBe('12345678901234567890');
  });

  test('is retried after a temporary failure', async () => {
    const { sprinklr, token } = await world();
    sprinklr.fault('me', status(503));
    expectSuccess(await runStep({ inputs: { ...token, verify: 'true' } }));
    expect(endpoints(sprinklr)).toEqual(['apptoken', 'me', 'me']);
  });
});

const MATRIX = { 'strategy-job-total': '3' };
test.each<[what: string, mode: 'token' | 'register', inputs: Inputs, notices: RegExp[]]>([
  ['a matrix', 'token', MATRIX, [/^This is one of 3 jobs in a matrix\..*docs\/parallel-jobs\.md\.$/]],
  ['a matrix with seal', 'token', { ...MATRIX, seal: 'true' }, []],
  ['a matrix that registers', 'register', MATRIX, []],
  ['a matrix of one job', 'token', { 'strategy-job-total': '1' }, []],
  ['no matrix', 'token', { 'strategy-job-total': '' }, []],
  ['a runner without expressions', 'token', { 'strategy-job-total': '${{ strategy.job-total }}' }, []],
])(
  'a job of %s gets a notice if its jobs invalidate the tokens of each other',
  async (_, ...[mode, inputs, notices]) => {
    const made = await world();
    const step = await runStep({ inputs: { ...made[mode], ...inputs } });

    expectSuccess(step);
    expect(step.notices.map(({ message }) => message)).toEqual(
      notices.map((notice) => expect.stringMatching(notice)),
    );
  },
);

/** The response of `/api/v2/me` (docs/development/sprinklr-api.md, "Who am I"), with these changes. */
function me(changes: Record<string, unknown>): Fault {
  const data = { id: 66014640, name: 'CI', customerId: 66000000, workspaceId: 66000002, ...changes };
  return { kind: 'body', json: { data, errors: [] } };
}
