import { expect, test } from '@jest/globals';
import { desk, terminal } from './desk.ts';

test('without a command it lists the commands and says that the usage was wrong', async () => {
  const { exitCode, stdout } = await desk({ args: [] });
  expect(exitCode).toBe(2);
  for (const name of ['demo', 'simulate']) expect(stdout).toContain(`  ${name}`);
});

test('--version prints the version of package.json', async () => {
  const { exitCode, stdout } = await desk({ args: ['--version'] });
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test('a mistyped command or flag is refused with the nearest known one', async () => {
  const command = await desk({ args: ['simulat'] });
  expect(command.exitCode).toBe(2);
  expect(command.stderr).toContain('Did you mean simulate?');

  const flag = await desk({ args: ['simulate', '--enviroment', 'prod2'] });
  expect(flag.exitCode).toBe(2);
  expect(flag.stderr).toContain('Did you mean --environment?');
});

test('what is piped is plain, and a terminal gets colour unless NO_COLOR says otherwise', async () => {
  const args = ['simulat'];
  expect((await desk({ args })).stderr).not.toContain('\u001B[');

  const coloured = terminal({ args });
  expect(await coloured.exit).toBe(2);
  expect(coloured.screen()).toContain('\u001B[31m');

  const plain = terminal({ args, env: { NO_COLOR: '1' } });
  expect(await plain.exit).toBe(2);
  expect(plain.screen()).not.toContain('\u001B[31m');
});
