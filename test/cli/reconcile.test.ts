import { writeFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { familyOf } from '../../lib/cli/drift.ts';
import { scratch } from '../support/gateway.ts';
import { callsIn } from './called.ts';
import { operator } from './operator.ts';

const { tables, says, refused } = operator();
const called = callsIn(tables);
const { folder, remove } = scratch();
afterAll(remove);

let files = 0;
function file(text: string): string {
  const path = `${folder}/${++files}.csv`;
  writeFileSync(path, text);
  return path;
}

const noon = Date.parse('2026-11-10T12:00:00Z');
const attempt = (target: string, nanoDollars?: number) => ({
  target,
  provider: target.split('/')[0] ?? '',
  status: 200,
  ms: 1,
  ...(nanoDollars !== undefined && { nanoDollars }),
});

describe.concurrent('what a provider charged', () => {
  test('is compared with what calls cost there, attempt by attempt where that is known', async () => {
    const tenant = 'compared';
    await tables().admin.createTenant(tenant);
    const both = [attempt('lab/m', 300), attempt('other/n', 700)];
    await called(tenant, noon, { model: 'other/n', attempts: both }, 1_000);
    await called(tenant, noon, { model: 'lab/m', attempts: [attempt('other/n'), attempt('lab/m')] }, 1_700);
    // The last moment of the day, and the first of the next.
    await called(tenant, noon + 43_200_000 - 1, { model: 'lab/m-2026-01-31' }, 500);
    await called(tenant, noon + 43_200_000, { model: 'lab/m' }, 5);
    const search = { cache: 'miss', cacheEmbedder: 'lab/embed', cacheNanoUsd: 2 } as const;
    await called(tenant, noon, { model: 'other/n', ...search }, 52);
    await called(tenant, noon, { cache: 'hit' }, 0);
    const export_ = file(
      'date,model,cost_usd\n2026-11-10,m,0.0000015\n2026-11-10,M 2026-01-31,0.000001\n2026-11-10,embed,0.000000002\n',
    );
    const { code, stdout, stderr } = await says('reconcile', 'lab', export_, '--tenant', tenant, '--json');
    expect([code, stderr]).toEqual([0, '']);
    const even = { driftNanoUsd: 0, driftPercent: 0, over: false };
    expect(JSON.parse(stdout)).toEqual({
      provider: 'lab',
      since: '2026-11-10',
      until: '2026-11-10',
      withinTolerance: true,
      providerNanoUsd: 2_502,
      recordsNanoUsd: 2_502,
      ...even,
      rows: [
        { day: '2026-11-10', model: 'embed', providerNanoUsd: 2, recordsNanoUsd: 2, ...even },
        { day: '2026-11-10', model: 'm', providerNanoUsd: 2_500, recordsNanoUsd: 2_500, ...even },
      ],
    });
    const { stdout: text } = await says('reconcile', 'other', export_, '--tenant', tenant, '--until', '2026-11-11');
    expect(text).toMatch(/^2026-11-10 +n +\$0 +\$0\.00000075 +\$0\.00000075 +- +!$/m);
  });

  test('may differ by the tolerance, in every row and in all, and by no more', async () => {
    const tenant = 'drifting';
    await tables().admin.createTenant(tenant);
    await called(tenant, noon, { model: 'lab/m' }, 1_010_000);
    await called(tenant, noon + 86_400_000, { model: 'lab/m' }, 990_000);
    const export_ = file('date,model,cost_usd\n2026-11-10,m,0.001\n2026-11-11,m,0.001\n');
    const words = ['reconcile', 'lab', export_, '--tenant', tenant];
    const well = await says(...words);
    expect([well.code, well.stderr]).toEqual([0, '']);
    expect(well.stdout).toMatch(/^2026-11-10 +m +\$0\.001 +\$0\.00101 +\$0\.00001 +1\.00$/m);
    expect(well.stdout).toMatch(/^2026-11-11 +m +\$0\.001 +\$0\.00099 +-\$0\.00001 +-1\.00$/m);
    expect(well.stdout).toMatch(/^all +\$0\.002 +\$0\.002 +\$0 +0\.00$/m);
    const strict = await says(...words, '--tolerance', '0.9999');
    expect([strict.code, strict.stderr]).toEqual([1, '']);
    expect(strict.stdout).toMatch(/^2026-11-10 .* 1\.00 +!$/m);
    // The second day alone: the first is neither read from the file nor from the records.
    const narrowed = await says(...words, '--since', '2026-11-11', '--json');
    expect(JSON.parse(narrowed.stdout)).toMatchObject({ providerNanoUsd: 1_000_000, recordsNanoUsd: 990_000 });
  });

  test('is not compared where a record cannot be read', async () => {
    await tables().admin.createTenant('torn');
    const id = await called('torn', noon, {}, 5);
    await tables().put('calls', { pk: 'tenant#torn', sk: id, at: noon, bill: 'much' });
    const export_ = file('date,model,cost_usd\n2026-11-10,m,0\n');
    expect(await refused('reconcile', 'lab', export_, '--tenant', 'torn')).toContain(`The record of call ${id} cannot`);
  });

  test.each([
    [['lab'], 'Name a provider and its export'],
    [['lab', '/nowhere.csv'], 'There is no file /nowhere.csv'],
    [['lab', 'EMPTY'], 'it has no rows'],
    [['lab', 'FILE', '--tolerance', 'some'], '--tolerance takes per cent'],
    [['lab', 'FILE', '--since', '7d'], '--since takes a date, not 7d'],
    [['lab', 'FILE', '--since', '2026-11-11'], 'There is no day from 2026-11-11 until 2026-11-10'],
    [['lab', 'FILE', '--tenant', 'nobody'], 'There is no tenant nobody'],
  ])('is not compared for %j, and why is said', async (words, said) => {
    const files = { EMPTY: '', FILE: 'date,model,cost_usd\n2026-11-10,m,1\n' };
    const named = words.map((word) => (word === 'EMPTY' || word === 'FILE' ? file(files[word]) : word));
    expect(await refused('reconcile', ...named)).toContain(said);
  });
});

test.each([
  ['lab-model-4-5-20260131', 'lab-model-4-5'],
  ['Lab Model 4.5', 'lab-model-4-5'],
  ['m-2026-01-31', 'm'],
  ['m-2026', 'm-2026'],
  ['', ''],
])('%j is known as %j', (model, family) => {
  expect(familyOf(model)).toBe(family);
});
