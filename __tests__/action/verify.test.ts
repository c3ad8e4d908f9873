import { describe, expect, test } from '@jest/globals';
import type { Fault, Simulator } from '../../src/simulator/simulator.ts';
import { expectFailure, expectSuccess } from './expectations.ts';
import { runStep } from './harness.ts';
import { app, world } from './world.ts';

/** Of the simulator. */
const workspace = '66000002';
const endpoints = ({ requests }: Simulator): unknown[] => requests.map(({ endpoint }) => endpoint);

test('verify asks whose token it is, with the token and the API key, and outputs the IDs', async () => {
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

test('without verify there is no identity call, and there are no IDs', async () => {
  const { sprinklr, token } = await world();
  const step = await runStep({ inputs: token });

  expect(endpoints(sprinklr)).toEqual(['apptoken']);
  expect(Object.keys(step.outputs).filter((name) => name.endsWith('-id'))).toEqual([]);
});

describe('allowed-workspace-ids', () => {
  test.each([
    ['one', workspace],
    ['commas', `1,${workspace},2`],
    ['commas and space', ` 1 , ${workspace} `],
    ['line ends', `1\n${workspace}\n`],
    ["Windows' line ends, and a comma at the end", `1,\r\n${workspace},\r\n`],
  ])('implies verify, and takes a list (%s)', async (_, list) => {
    const { sprinklr, token } = await world();
    const step = await runStep({ inputs: { ...token, 'allowed-workspace-ids': list } });

    expectSuccess(step);
    expect(endpoints(sprinklr)).toEqual(['apptoken', 'me']);
    expect(step.outputs['workspace-id']).toBe(workspace);
  });

  test.each(['66000003', '6600000', '660000020', '066000002'])(
    'does not output a token of another workspace (%s)',
    async (list) => {
      const { sprinklr, token } = await world();
      const inputs = { ...token, 'allowed-workspace-ids': list, seal: 'true', 'export-env': 'true' };
      const live = (): string => sprinklr.liveToken(app.apiKey) ?? '';
      const step = await runStep({ inputs });

      expectFailure(step, 'WORKSPACE_NOT_ALLOWED', `workspace ${workspace}`, 'allowed-workspace-ids');
      expect(step.masks).toContain(live());
      expect(step.log.replace(/^::add-mask::.*$/gm, '')).not.toContain(live());
    },
  );

  test.each(['prod', '66000002;66000003', '66000002 # sandbox', '-1', '*'])(
    'must be numeric IDs ("%s")',
    async (list) => {
      const { sprinklr, token } = await world();
      const step = await runStep({ inputs: { ...token, 'allowed-workspace-ids': list } });

      expectFailure(step, 'INPUT_INVALID', 'allowed-workspace-ids');
      expect(sprinklr.requests).toEqual([]);
    },
  );
});

describe('the identity check', () => {
  test('of a token that another job has invalidated names that as the likely cause', async () => {
    const { sprinklr, token } = await world();
    sprinklr.fault('me', { kind: 'status', status: 503, headers: { 'Retry-After': '1' } });
    const checking = runStep({ inputs: { ...token, verify: 'true', 'export-env': 'true' } });
    while (!endpoints(sprinklr).includes('me')) await new Promise((resolve) => setTimeout(resolve, 10));
    const ended = sprinklr.liveToken(app.apiKey);
    sprinklr.issueAccessToken(app.apiKey);
    const step = await checking;

    const words = [/identity check/i, 'HTTP 401', 'another job'];
    expectFailure(step, 'CREDENTIALS_REJECTED', ...words);
    expect(step.masks).toContain(ended);
  });

  test.each<[string, Fault, string]>([
    ['no data', { kind: 'body', json: { errors: [] } }, 'user'],
    ['data of null', { kind: 'body', json: { data: null, errors: [] } }, 'user'],
    ['a list', { kind: 'body', json: { data: [], errors: [] } }, 'user'],
    ['no workspace', me({ workspaceId: undefined }), 'workspace ID'],
    ['a workspace of null', me({ workspaceId: null }), 'workspace ID'],
    ['a workspace with a name', me({ workspaceId: 'main' }), 'workspace ID'],
    ['a workspace that is rounded', me({ workspaceId: 2 ** 60 }), 'workspace ID'],
    ['a workspace below zero', me({ workspaceId: -1 }), 'workspace ID'],
    ['a workspace in halves', me({ workspaceId: 1.5 }), 'workspace ID'],
    ['no user id', me({ id: '' }), 'user ID'],
    ['no customer id', me({ customerId: {} }), 'customer ID'],
    ['an error', { kind: 'body', json: { data: null, errors: [{ message: 'no' }] } }, 'no'],
    ['a page', { kind: 'html' }, 'JSON'],
    ['half of JSON', { kind: 'garbage' }, 'JSON'],
    ['too much', { kind: 'giant' }, '1 MiB'],
  ])('that gets %s outputs nothing', async (_, fault, words) => {
    const { sprinklr, token } = await world();
    sprinklr.fault('me', fault);
    const step = await runStep({ inputs: { ...token, verify: 'true' } });

    expectFailure(step, 'RESPONSE_INVALID', /identity check/i, 'HTTP 200', words);
    expect(step.masks).toContain(sprinklr.liveToken(app.apiKey));
  });

  test('takes ids as digits in a text, and as text as they are', async () => {
    const { sprinklr, token } = await world();
    sprinklr.fault('me', me({ workspaceId: '12345678901234567890' }));
    const step = await runStep({ inputs: { ...token, 'allowed-workspace-ids': '12345678901234567890' } });

    expectSuccess(step);
    expect(step.outputs['workspace-id']).toBe('12345678901234567890');
  });

  test('is asked again where Sprinklr is down for a moment', async () => {
    const { sprinklr, token } = await world();
    sprinklr.fault('me', { kind: 'status', status: 503, headers: { 'Retry-After': '0' } });
    expectSuccess(await runStep({ inputs: { ...token, verify: 'true' } }));
    expect(endpoints(sprinklr)).toEqual(['apptoken', 'me', 'me']);
  });
});

describe('a matrix', () => {
  test('without seal gets a notice, once, that its jobs end each other', async () => {
    const { token } = await world();
    const step = await runStep({ inputs: { ...token, 'strategy-job-total': '3' } });

    expectSuccess(step);
    expect(step.notices.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^This is one of 3 jobs of a matrix\..*docs\/parallel-jobs\.md\.$/),
    ]);
  });

  test.each([
    ['that seals', { 'strategy-job-total': '3', seal: 'true' }],
    ['of one job', { 'strategy-job-total': '1' }],
    ['that is none', { 'strategy-job-total': '' }],
    ['on a runner that fills nothing in', { 'strategy-job-total': '${{ strategy.job-total }}' }],
  ])('%s gets none', async (_, inputs) => {
    const { token } = await world();
    const step = await runStep({ inputs: { ...token, ...inputs } });

    expectSuccess(step);
    expect(step.notices).toEqual([]);
  });

  test('that only registers gets none', async () => {
    const { register } = await world();
    const step = await runStep({ inputs: { ...register, 'strategy-job-total': '3' } });

    expectSuccess(step);
    expect(step.notices).toEqual([]);
  });
});

/** What `/api/v2/me` says (docs/development/sprinklr-api.md, "Who am I"), with some of it changed. */
function me(changed: Record<string, unknown>): Fault {
  const data = {
    id: 66014640,
    name: 'CI',
    email: 'ci-bot@example.com',
    customerId: 66000000,
    workspaceId: 66000002,
  };
  return { kind: 'body', json: { data: { ...data, ...changed }, errors: [] } };
}
