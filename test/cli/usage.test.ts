import { describe, expect, test } from 'vitest';
import { writeMarker } from '../../lib/ledger/marker.ts';
import { momentOf } from '../../lib/ledger/windows.ts';
import { callsIn } from './called.ts';
import { operator } from './operator.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const { tables, says, json, refused } = operator();
const called = callsIn(tables);

describe.concurrent('what a tenant spent', () => {
  test('is today’s by default, summed exactly, and told by feature, user, key, model and day', async () => {
    const now = Date.now();
    const tenant = 'counted';
    await tables().admin.createTenant(tenant);
    await called(tenant, now, { feature: 'search', user: 'bob' }, 1_234_567_890_123_457);
    const hit = { cache: 'hit', savedNanoUsd: 40, savedMs: 1_499.6 } as const;
    const semanticHit = { cache: 'semantic-hit', savedNanoUsd: 2, savedMs: 0.2, cacheNanoUsd: 1 } as const;
    // The nearest question was near, but its answer was not given.
    const miss = { cache: 'miss', cacheScore: 0.2, cacheNanoUsd: 1 } as const;
    await called(tenant, now, { feature: 'search', keyId: 'key_2', ...hit }, 0);
    await called(tenant, now, { feature: '__proto__', model: 'lab/n', ...semanticHit, cacheScore: 0.9701 }, 1);
    await called(tenant, now, { feature: '__proto__', model: 'lab/n', ...semanticHit, cacheScore: 0.9849 }, 1);
    await called(tenant, now, { status: 'failed', errorCode: 'client_closed', user: 'bob', ...miss }, 3);
    await called(tenant, now, { status: 'abandoned', errorCode: 'abandoned' }, 2);
    await called(tenant, now, { cache: 'off' }, 2);
    await called(tenant, now - 2 * DAY_MS, {}, 1_000);
    await called('another', now, {}, 1_000);
    const told = await json('usage', '--tenant', tenant);
    const sum = (calls: number, costNanoUsd: number, caches: object = {}) => ({
      calls,
      cacheHits: 0,
      semanticHits: 0,
      cacheMisses: 0,
      costNanoUsd,
      cacheNanoUsd: 0,
      savedNanoUsd: 0,
      savedMs: 0,
      semanticScore: null,
      promptTokens: 15 * calls,
      completionTokens: 5 * calls,
      ...caches,
    });
    const exact = { cacheHits: 1, savedNanoUsd: 40, savedMs: 1_500 };
    const missed = { cacheMisses: 1, cacheNanoUsd: 1 };
    const semanticScore = { lowest: 0.9701, mean: 0.9775 };
    const semantic = { cacheHits: 2, semanticHits: 2, cacheNanoUsd: 2, savedNanoUsd: 4, semanticScore };
    const all = { ...exact, ...semantic, ...missed, cacheHits: 3, cacheNanoUsd: 3, savedNanoUsd: 44 };
    const today = new Date(now).toISOString().slice(0, 10);
    expect(told).toEqual({
      tenant,
      since: `${today}T00:00:00.000Z`,
      ...sum(7, 1_234_567_890_123_466, all),
      heldNanoUsd: 0,
      abandoned: 1,
      features: expect.any(Object),
      users: { bob: sum(2, 1_234_567_890_123_460, missed) },
      keys: {
        key_1: sum(6, 1_234_567_890_123_466, { ...semantic, ...missed, cacheNanoUsd: 3 }),
        key_2: sum(1, 0, exact),
      },
      models: {
        'lab/m': sum(5, 1_234_567_890_123_464, { ...exact, ...missed }),
        'lab/n': sum(2, 2, semantic),
      },
      days: { [today]: sum(7, 1_234_567_890_123_466, all) },
    });
    expect(Object.entries(told.features)).toEqual([
      ['search', sum(2, 1_234_567_890_123_457, exact)],
      ['__proto__', sum(2, 2, semantic)],
    ]);
    expect((await json('usage', '--tenant', tenant, '--since', '7d')).costNanoUsd).toBe(1_234_567_890_124_466);
    expect((await json('usage', '--tenant', tenant, '--since', '7d')).calls).toBe(8);

    const { stdout } = await says('usage', '--tenant', tenant, '--by', 'feature,model');
    expect(stdout).toMatch(/^spent +\$1234567\.890123466$/m);
    expect(stdout).toMatch(
      /^caches +3 hits \(2 by meaning, lowest score 0\.9701\), 1 miss; saved \$0\.000000044 and 1\.5 s, less \$0\.000000003 for the search$/m,
    );
    expect(stdout).toMatch(/^FEATURE +CALLS +HITS +MISSES +SPENT +SAVED +SECONDS +READ +WRITTEN$/m);
    expect(stdout).toMatch(/^search +2 +1 +0 +\$1234567\.890123457 +\$0\.00000004 +1\.5 +30 +10$/m);
    expect(stdout).toMatch(/^without a feature: 3$/m);
    expect(stdout).toMatch(/^lab\/n +2 /m);
    expect(stdout).not.toContain('\u001b');
  });

  test('is one table for spreadsheets, where no name is a formula or breaks a row', async () => {
    const now = Date.now();
    const tenant = 'tabled';
    await tables().admin.createTenant(tenant);
    const semantic = { cache: 'semantic-hit', cacheScore: 0.97, cacheNanoUsd: 1, savedNanoUsd: 9, savedMs: 2 } as const;
    await called(tenant, now, { feature: 'a "b", c\nd', user: '=1+1' }, 1_234_567_890_123_457);
    await called(tenant, now, { feature: 'search', ...semantic }, 1);
    const today = new Date(now).toISOString().slice(0, 10);
    const { code, stdout, stderr } = await says('usage', '--tenant', tenant, '--csv');
    expect([code, stderr]).toEqual([0, '']);
    const titles =
      'group,name,calls,cacheHits,semanticHits,cacheMisses,costNanoUsd,cacheNanoUsd,savedNanoUsd,savedMs,promptTokens,completionTokens,semanticScoreLowest,semanticScoreMean,heldNanoUsd,abandoned';
    const both = '2,1,1,0,1234567890123458,1,9,2,30,10,0.97,0.97';
    const first = '1,0,0,0,1234567890123457,0,0,0,15,5,,,,';
    expect(stdout.split('\r\n')).toEqual([
      titles,
      `all,tabled,${both},0,0`,
      `feature,"a ""b"", c\nd",${first}`,
      'feature,search,1,1,1,0,1,1,9,2,15,5,0.97,0.97,,',
      `user,'=1+1,${first}`,
      `key,key_1,${both},,`,
      `model,lab/m,${both},,`,
      `day,${today},${both},,`,
      '',
    ]);
    const { stdout: narrowed } = await says('usage', '--tenant', tenant, '--csv', '--by', 'day');
    expect(narrowed.split('\r\n')).toEqual([titles, `all,tabled,${both},0,0`, `day,${today},${both},,`, '']);
  });

  test('is told where calls were written down before there was a cache, and without what a hit saved', async () => {
    const tenant = 'older';
    await tables().admin.createTenant(tenant);
    await called(tenant, Date.now(), {}, 5);
    await called(tenant, Date.now(), { cache: 'hit' }, 0);
    await called(tenant, Date.now(), { cache: 'semantic-hit' }, 0);
    expect(await json('usage', '--tenant', tenant)).toMatchObject({
      calls: 3,
      cacheHits: 2,
      semanticHits: 1,
      cacheMisses: 0,
      costNanoUsd: 5,
      cacheNanoUsd: 0,
      savedNanoUsd: 0,
      savedMs: 0,
      semanticScore: null,
      keys: { key_1: { calls: 3, cacheHits: 2, savedNanoUsd: 0, savedMs: 0, semanticScore: null } },
    });
    expect((await says('usage', '--tenant', tenant)).stdout).toMatch(
      /^caches +2 hits \(1 by meaning\), 0 misses; saved \$0 and 0 s$/m,
    );
  });

  test('is read to the last of many pages', async () => {
    const tenant = 'many';
    await tables().admin.createTenant(tenant);
    const metadata = Object.fromEntries(Array.from({ length: 16 }, (_, at) => [`m${at}`, 'x'.repeat(512)]));
    const now = Date.now();
    for (let call = 0; call < 200; call++) await called(tenant, now, { metadata }, 1);
    expect(await json('usage', '--tenant', tenant)).toMatchObject({ calls: 200, costNanoUsd: 200 });
  });

  test('includes what calls under way hold, and nothing that is over its time', async () => {
    await tables().admin.createTenant('holding');
    const later = Date.now() + HOUR_MS;
    const moment = momentOf(Date.now(), 0);
    const witness = { tenant: 'holding', first: 'key#key_1' };
    const marker = (expiresAt: number, nanoDollars: number) =>
      writeMarker({ expiresAt, nanoDollars, tokens: 100, moment, counted: '', witness });
    await tables().put('counters', {
      pk: 'tenant#holding',
      sk: 'counter',
      'r#req_1': marker(later, 700),
      'r#req_2': marker(later, 77),
      'r#req_3': marker(Date.now() - 1, 5_000),
      total: 9_999,
    });
    expect(await json('usage', '--tenant', 'holding')).toMatchObject({ heldNanoUsd: 777, costNanoUsd: 0, calls: 0 });
  });

  test('stays on record when the tenant is gone', async () => {
    await called('departed', Date.now(), {}, 5);
    expect(await json('usage', '--tenant', 'departed')).toMatchObject({ calls: 1, costNanoUsd: 5 });
  });

  test.each([
    [[], 'Name the tenant'],
    [['--tenant', 'nobody'], 'There is no tenant nobody'],
    [['--tenant', 'demo', '--by', 'modle'], 'Did you mean model?'],
    [['--tenant', 'demo', '--since', 'yesterday'], '--since takes a length of time'],
    [['--tenant', 'demo', '--since', '2999-01-01'], 'is still to come'],
    [['--tenant', 'demo', '--csv', '--json'], '--csv and --json exclude each other'],
    [['--tenant', 'demo', 'today'], 'says nothing to this command'],
  ])('is not told for %j, and why is', async (words, said) => {
    expect(await refused('usage', ...words)).toContain(said);
  });
});
