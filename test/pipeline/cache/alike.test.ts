import { describe, expect, test } from 'vitest';
import { alike } from '../../../lib/pipeline/cache/alike.ts';
import type { CachedCaching } from '../../../lib/pipeline/cache/caching.ts';
import { toText } from '../../../lib/pipeline/cache/kept-text.ts';
import type { Placed, Sought, Vectors } from '../../../lib/recall.ts';
import type { World } from '../../../lib/world.ts';
import { arriving } from '../../support/bytes.ts';
import { cacheableOf, passing, settling } from '../../support/cacheables.ts';
import { cachedOf, cachingConfig } from '../../support/cachings.ts';
import { answered } from '../../support/recalled.ts';
import { type FakeWorld, fakeWorld } from '../../support/world.ts';

const completion = { id: 'c', object: 'chat.completion' as const, created: 1, model: 'm', choices: [] };
const kept = { text: toText({ completion, dropped: [] }), source: 'req_kept', nanoDollars: 7, tookMs: 900 };
const config = cachingConfig({ mode: 'semantic', threshold: 0.9 });
const question = { messages: [{ role: 'user', content: 'How is the password of the router reset?' }] };
const usual = cachedOf({ fields: question, headers: { 'x-sluice-cache': 'semantic' } }, config);
const unasked = { messages: [{ role: 'assistant', content: 'So' }] };
const astray = cachingConfig({ mode: 'semantic', embeddings: { model: 'none/embed', budgetMs: 150 } });
const byMeaning = (fields: object, configured = config) =>
  cachedOf({ fields, headers: { 'x-sluice-cache': 'semantic' } }, configured);

/** An embedding model that gives this vector, after a while. */
const embedding =
  (vector: readonly number[], ready: Promise<void> = Promise.resolve()): World['send'] =>
  async () => {
    await ready;
    const answer = { data: [{ index: 0, embedding: vector }], usage: { prompt_tokens: 5, total_tokens: 5 } };
    return { status: 200, headers: {}, body: arriving([Buffer.from(JSON.stringify(answer))]) };
  };

/** A place in which each search finds this, and what else is asked of it. */
function place(nearest: Vectors['nearest']) {
  const [sought, added, removed]: [Sought[], (Sought & Placed)[], string[]] = [[], [], []];
  const vectors: Vectors = {
    nearest: (what, signal) => {
      sought.push(what);
      return nearest(what, signal);
    },
    add: async (vector) => void added.push(vector),
    remove: async ({ id }) => void removed.push(id),
  };
  return { vectors, sought, added, removed };
}

const near =
  (score: number): Vectors['nearest'] =>
  async () => [{ id: 'v1', key: 'another', score, words: ['quite', 'other', 'words', 'than', 'those'] }];

/** A world in which the answer to that question is kept, asked for so long ago. */
async function keeping(world: FakeWorld, ageMs = 0): Promise<FakeWorld> {
  const askedAt = world.now() - ageMs;
  await world.answers.keep({ ...usual.question, key: 'another' }, answered({ ...kept, askedAt, expiresAt: 2e12 }));
  return world;
}

const search = (world: FakeWorld, caching: CachedCaching = usual) => {
  const cacheable = cacheableOf(world, caching);
  return { searching: alike(caching, cacheable), outcome: cacheable.tally.cache, ...cacheable };
};

describe('a question near enough', () => {
  test('gives its answer, its score and its source; the search is on the account of the call', async () => {
    const { vectors, sought } = place(near(0.93456));
    const world = await keeping(fakeWorld({ vectors, send: embedding([3, 4]), config }));
    const { searching, tally } = search(world);
    const { remembered } = await searching;
    expect(remembered?.given).toMatchObject({
      from: 'semantic-hit',
      source: 'req_kept',
      key: 'another',
      score: 0.93456,
    });
    expect(remembered?.given.saved()).toEqual({ nanoDollars: 7, ms: 900 });
    expect(sought).toEqual([
      {
        ...{ embedder: 'lab/e', vector: [0.6, 0.8], tenant: 'acme', keyId: 'key_1', model: 'lab/m' },
        shape: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
    ]);
    expect([tally.bill().nanoDollars, tally.owed().nanoDollars]).toEqual([5_000, 0]);
    expect(tally.cache.record(false)).toMatchObject({ cacheEmbedder: 'lab/e', cacheNanoUsd: 5_000 });
  });

  test.each([
    [0.9, 'req_kept'],
    [0.8999, undefined],
    [-1, undefined],
  ])('is one at the threshold, and none below it: %d', async (score, source) => {
    const { vectors, removed } = place(near(score));
    const world = await keeping(fakeWorld({ vectors, send: embedding([1, 0]), config }));
    const { searching, outcome, afterwards } = search(world);
    expect((await searching).remembered?.given.source).toBe(source);
    expect(outcome.headers(world.now())['x-sluice-cache']).toBe(`miss; score=${score}`); // what was found is not given yet
    await afterwards();
    expect(removed).toEqual([]);
  });

  test('is none where there is none at all', async () => {
    const { vectors } = place(async () => []);
    const { searching, outcome } = search(fakeWorld({ vectors, send: embedding([1, 0]), config }));
    expect((await searching).remembered).toBeUndefined();
    expect(outcome.record(false)).not.toHaveProperty('cacheScore');
  });

  test('whose answer is no more is taken away, once our caller has its own', async () => {
    const { vectors, removed } = place(near(1));
    const { searching, afterwards } = search(fakeWorld({ vectors, send: embedding([1, 0]), config }));
    expect((await searching).remembered).toBeUndefined();
    expect(removed).toEqual([]);
    await afterwards();
    expect(removed).toEqual(['v1']);
  });

  test('whose answer is too old for this caller stays for others', async () => {
    const { vectors, removed } = place(near(1));
    const world = await keeping(fakeWorld({ vectors, send: embedding([1, 0]), config }), 60_000);
    const young = cachedOf(
      { fields: question, headers: { 'x-sluice-cache': 'semantic', 'cache-control': 'max-age=60' } },
      config,
    );
    const { searching, afterwards } = search(world, young);
    expect((await searching).remembered).toBeUndefined();
    await afterwards();
    expect(removed).toEqual([]);
    expect((await search(world).searching).remembered).toBeDefined();
  });
});

describe('a search that cannot be made', () => {
  test.each<[string, Partial<World>, CachedCaching, string]>([
    ['without a place for vectors', {}, usual, 'no-vectors'],
    ['without a question', { ...place(near(1)) }, byMeaning(unasked), 'no-question'],
    ['without an embedder', { ...place(near(1)) }, byMeaning(question, astray), 'no-embedder'],
  ])('%s costs nothing, and says why', async (_, more, caching, reason) => {
    const { searching, outcome } = search(fakeWorld({ ...more, config }), caching);
    expect((await searching).remembered).toBeUndefined();
    expect([outcome.record(false).cacheReason, outcome.bill()]).toEqual([reason, undefined]);
  });

  test.each<[string, World['ledger']['raise'], string, number]>([
    ['that its budgets do not pay', async () => false, 'budget', 0],
    ['while the ledger is away', () => Promise.reject(new Error('away')), 'unavailable', 1],
  ])('%s embeds nothing', async (_, raise, reason, counted) => {
    const { vectors, sought } = place(near(1));
    const { ledger } = fakeWorld();
    const world = fakeWorld({ vectors, config, ledger: { ...ledger, raise } });
    const { searching, outcome } = search(world);
    const { remembered, remember } = await searching;
    await remember(2e12);
    expect([remembered, outcome.record(false).cacheReason, outcome.bill(), sought]).toEqual([
      undefined,
      reason,
      undefined,
      [],
    ]);
    expect(world.written.counted.length).toBe(counted);
  });

  test.each<[string, World['send'], Vectors['nearest']]>([
    ['whose model refuses', () => Promise.reject(new Error('down')), near(1)],
    ['whose place is away', embedding([1, 0]), () => Promise.reject(new Error('away'))],
  ])('%s is a miss that operators hear of', async (_, send, nearest) => {
    const world = await keeping(fakeWorld({ vectors: place(nearest).vectors, send, config }));
    const { searching, outcome } = search(world);
    expect((await searching).remembered).toBeUndefined();
    expect(outcome.record(false)).toMatchObject({ cache: 'miss', cacheReason: 'unavailable' });
    expect(world.written.counted).toEqual(['SemanticCacheUnavailable']);
    expect(world.written.lines.map(({ message }) => message)).toEqual(['A similar question could not be looked for.']);
  });
});

describe('a vector that comes too late to find anything by', () => {
  test('is a miss at the end of the budget, and is added once the answer is kept', async () => {
    const ready = Promise.withResolvers<void>();
    const { vectors, added } = place(near(1));
    const world = await keeping(fakeWorld({ vectors, send: embedding([0, 2], ready.promise), config }));
    const { searching, outcome, tally } = search(world);
    await passing(world, 150);
    const { remembered, remember } = await searching;
    expect([remembered, outcome.record(false).cacheReason]).toEqual([undefined, 'late']);
    expect([tally.totalMs(), tally.ownMs()]).toEqual([150, 0]);
    const settled = outcome.settled().then(() => outcome.bill()?.nanoDollars);
    expect(await Promise.race([settled, settling()])).toBeUndefined();
    const remembering = remember(1_900_000_000_000);
    await settling();
    expect(added).toEqual([]);
    ready.resolve();
    await remembering;
    expect(added).toMatchObject([
      { vector: [0, 1], key: usual.question.key, source: 'req_1', expiresAt: 1_900_000_000_000, tenant: 'acme' },
    ]);
    expect(await settled).toBe(5_000);
  });

  test('is given up after five seconds, and nothing is added', async () => {
    const { vectors, added } = place(near(1));
    const send: World['send'] = (_, signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
    const world = fakeWorld({ vectors, send, config });
    const { searching } = search(world);
    await passing(world, 150);
    const { remember } = await searching;
    const remembering = remember(2e12);
    await passing(world, 5_000);
    await remembering;
    expect(added).toEqual([]);
  });
});
