import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { changesIn } from '../../lib/cli/config-changes.ts';
import { scratch } from '../support/gateway.ts';
import { deployedOperator } from './deployed-operator.ts';
import { operator } from './operator.ts';

const { folder, remove } = scratch();
afterAll(remove);

function file(text: string, name = 'sluice.config.yaml'): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const fast = '# ours\nmodels:\n  fast: groq/llama-3.3-70b-versatile\n';
const slow = '# ours\nmodels:\n  fast: groq/llama-3.3-70b-versatile\n  slow: groq/openai/gpt-oss-120b\n';

describe('the configuration of a local gateway', () => {
  const { says, json, refused, tables } = operator();

  test('is applied, looked at, compared, and taken back', async () => {
    expect(await refused('config', 'get')).toContain('There is no version yet. Make one: sluice config apply FILE');
    expect(await refused('config', 'rollback')).toContain('There is no version before the one in force');
    expect(await json('config', 'apply', file(fast), '--note', 'a first one')).toEqual({
      version: 1,
      unchanged: false,
      changes: ['models.fast (new)'],
      remarks: [],
    });
    expect(await json('config', 'apply', file(fast))).toEqual({ version: 1, unchanged: true, changes: [] });
    expect((await says('config', 'apply', file(fast))).stdout).toMatch(/^Unchanged: .* what version 1 says/);

    const compared = await says('config', 'diff', file(slow));
    expect([compared.code, compared.stderr]).toEqual([0, '']);
    expect(compared.stdout).toBe(
      `--- version 1\n+++ ${file(slow)}\n@@ -1,3 +1,4 @@\n # ours\n models:\n   fast: groq/llama-3.3-70b-versatile\n+  slow: groq/openai/gpt-oss-120b\n`,
    );
    expect((await says('config', 'apply', file(slow))).stdout).toBe(
      'Version 2 is in force; every gateway knows within 30 seconds. Changed: models.slow (new).\n',
    );
    expect(await json('config', 'diff', file(slow))).toEqual({
      from: 'version 2',
      to: file(slow),
      same: true,
      diff: '',
    });
    expect((await json('config', 'diff', '2', '1')).diff).toContain('-  slow: groq/openai/gpt-oss-120b');
    expect((await json('config', 'diff', '1')).diff).toContain('-  slow: groq/openai/gpt-oss-120b');

    expect((await says('config', 'get')).stdout).toBe(slow);
    expect(await json('config', 'get', '1')).toEqual({
      version: 1,
      at: expect.stringMatching(/^20\d\d-.*Z$/),
      origin: 'cli',
      note: 'a first one',
      text: fast,
    });

    expect((await says('config', 'rollback')).stdout).toContain('Version 3 is in force');
    expect((await says('config', 'get')).stdout).toBe(fast);
    expect(
      (await json('config', 'list')).map(({ version, note, inForce }: Record<string, unknown>) => [
        version,
        note,
        inForce,
      ]),
    ).toEqual([
      [3, 'rollback to version 1', true],
      [2, undefined, false],
      [1, 'a first one', false],
    ]);
    expect((await says('config', 'list')).stdout).toMatch(/^ +3 {2}20\S+ +cli +in force +rollback to version 1$/m);
    expect(await json('config', 'rollback', '2', '--note', 'after all')).toMatchObject({ version: 4, previous: 3 });
    expect(await tables().item('access', 'config', 'current')).toMatchObject({
      version: 4,
      json: '{"models":{"fast":"groq/llama-3.3-70b-versatile","slow":"groq/openai/gpt-oss-120b"}}',
    });
  });

  test.each([
    [['apply', '/nowhere/at/all.yaml'], 'There is no file /nowhere/at/all.yaml. Name one: sluice config apply FILE'],
    [['apply', 'a', 'b'], 'Name one file'],
    [['get', 'x'], 'A version is named by its number, such as 3, not "x"'],
    [['get', '99'], 'There is no version 99. See sluice config list.'],
    [['rollback', '99'], 'There is no version 99'],
    [['diff', '1', '2', '3'], 'Name at most two'],
    [['aply'], 'Did you mean apply?'],
    [['aplly', 'x'], 'Did you mean apply?'],
  ])('%j is refused, with what to do', async (words, said) => {
    expect(await refused('config', ...words)).toContain(said);
  });

  test('is refused with every line that is wrong, and nothing is changed', async () => {
    const before = await tables().item('access', 'config', 'current');
    const wrong = file(
      'models:\n  fast: groq/llama-3.3-70b-versatile\nroute: {}\nproviders:\n  nobody: {}\n',
      'wrong.yaml',
    );
    expect(await refused('config', 'apply', wrong)).toContain(`${wrong}:3: route is not a field of the configuration`);
    expect(await tables().item('access', 'config', 'current')).toEqual(before);
  });

  test('says that ledger settings wait for the next start', async () => {
    const { remarks } = await json('config', 'apply', file('ledger: { holdSeconds: 60 }\n'));
    expect(remarks).toEqual(['ledger holds from the next start on.']);
  });

  test('is what the doctor takes default budgets from', async () => {
    await json('config', 'apply', file('defaults: { budgets: { day: 3 } }\n'));
    expect(await json('doctor')).toMatchObject({ defaultBudgets: { day: 3 } });
    const current = await tables().item('access', 'config', 'current');
    await tables().put('access', { ...current, json: '{"canary":1}' });
    expect(await json('doctor')).toMatchObject({
      defaultBudgets: 'none',
      problems: expect.arrayContaining([
        expect.objectContaining({ kind: 'config', message: expect.stringContaining('canary is not a field') }),
      ]),
    });
    await tables().put('access', { ...current });
  });
});

describe('the configuration of a deployed gateway', () => {
  const { deployed, typed } = deployedOperator();

  test('cannot name a variable of the environment, and can name every secret that is Sluice’s own', async () => {
    deployed({ DefaultBudgets: '{"day":25}' });
    const lab = (credential: string) =>
      file(`providers:\n  groq: { credential: "${credential}" }\ndefaults: { budgets: { day: 7 } }\n`);
    const refused = await typed('config', 'apply', lab('env:GROQ_API_KEY'));
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toContain('providers.groq.credential is an env: credential');
    expect(JSON.parse((await typed('config', 'apply', lab('secret:sluice/groq'), '--json')).stdout)).toMatchObject({
      version: 1,
      remarks: [],
    });
    const { stdout } = await typed('config', 'apply', lab('secret:groq'));
    expect(stdout).toContain('The secret groq can be read only where a deploy has named it');
    expect(JSON.parse((await typed('doctor', '--json')).stdout)).toMatchObject({ defaultBudgets: { day: 7 } });
    const back = await typed('config', 'rollback', '--json');
    expect(JSON.parse(back.stdout)).toMatchObject({ version: 3, previous: 2, changes: ['providers.groq'] });
    const listed = JSON.parse((await typed('config', 'list', '--json')).stdout);
    expect(listed[0]).toMatchObject({ version: 3, by: 'ada', note: 'rollback to version 1' });
  });

  test('of a stage, its own secrets are those that the stack says', async () => {
    deployed({ DefaultBudgets: '{"day":25}', OwnSecrets: 'sluice-trial/' });
    const remarks = async (name: string) => {
      const config = file(`providers:\n  groq: { credential: "secret:${name}" }\n`);
      return JSON.parse((await typed('config', 'apply', config, '--json')).stdout).remarks;
    };
    expect(await remarks('sluice-trial/groq')).toEqual([]);
    expect(await remarks('sluice/groq')).toEqual([expect.stringContaining('those named sluice-trial/… always can')]);
  });
});

describe('what changed', () => {
  test('is named by section and name', () => {
    expect(
      changesIn(
        { models: { a: 'x/1', b: 'x/2', c: 'x/3' }, prices: {}, off: 1 },
        { models: { a: 'x/1', b: 'x/9', d: 'x/4' }, off: 2 },
      ),
    ).toEqual(['models.b', 'models.c (gone)', 'models.d (new)', 'off']);
    expect(changesIn(undefined, {})).toEqual([]);
  });
});
