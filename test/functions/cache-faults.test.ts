import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type CachedSite, openCachedSite } from '../support/cached-site.ts';
import { databaseFaults, ofCache } from '../support/database-faults.ts';
import { answer } from '../support/flaky.ts';

/** What ten tokens in and three out cost. */
const COST = 16_000;

let site: CachedSite;
beforeAll(async () => {
  site = await openCachedSite({ mode: 'exact', lookMs: 300 }); // a busy machine finds what there is, too
  site.upstream.answerWith(answer('Good day.'));
});
afterEach(() => site?.line.answerWith());
afterAll(() => site?.close());

const asked = () => site.upstream.asked.length;
const counted = () => site.gateway.counted('CacheUnavailable');

describe('a cache whose table', () => {
  test.each(Object.entries(databaseFaults))(
    '%s is done without, counted, and used again once it is well',
    async (_, fault) => {
      const { key, tenant } = await site.keyOf();
      const before = { asked: asked(), counted: counted() };
      site.line.answerWith(ofCache(fault));
      for (const stream of [false, true]) {
        const heard = await site.ask(key, { stream, messages: [{ role: 'user', content: `Streamed: ${stream}` }] });
        expect(heard).toMatchObject({ status: 200, cache: 'miss; reason=unavailable' });
        expect(heard.text).toContain('Good day.');
        expect(heard.ms).toBeLessThan(1_000);
      }
      expect(asked() - before.asked).toBe(2);
      await expect.poll(() => counted() - before.counted).toBeGreaterThanOrEqual(2);
      site.line.answerWith();
      await expect.poll(async () => (await site.ask(key)).cache).toBe('hit');
      await expectPaid(tenant, asked() - before.asked);
    },
  );

  test.each(Object.entries(databaseFaults))(
    '%s when something is written, and no sooner, is done without',
    async (name, fault) => {
      const { key, tenant } = await site.keyOf();
      const before = { asked: asked(), counted: counted() };
      site.line.answerWith(ofCache((passed, ...more) => passed.operation !== 'BatchGetItem' && fault(passed, ...more)));
      const heard = await site.ask(key);
      expect(heard).toMatchObject({ status: 200, cache: expect.stringContaining('miss') });
      expect(heard.ms).toBeLessThan(1_000);
      if (name !== 'answers JSON that makes no sense')
        // which says that it is written
        await expect.poll(() => counted() - before.counted).toBeGreaterThan(0);
      site.line.answerWith();
      await expect.poll(async () => (await site.ask(key)).cache).toBe('hit');
      await expectPaid(tenant, asked() - before.asked);
    },
  );

  /** Each call of the provider is paid for once, and nothing is held any more. */
  const expectPaid = (tenant: string, calls: number) =>
    expect.poll(() => site.tables.spent(`tenant#${tenant}`)).toMatchObject({ total: calls * COST, item: { live: 0 } });
});

describe('a kept answer that is damaged', () => {
  const zipped = (kept: string) => ({ body: gzipSync(kept) });
  const kept = (completion: unknown) => zipped(JSON.stringify({ completion, dropped: [] }));
  const choice = { index: 0, message: { role: 'assistant', content: 'Hi', refusal: null }, finish_reason: 'stop' };
  const damages: readonly [string, Readonly<Record<string, unknown>>][] = [
    ['not compressed', { body: Buffer.from('Good day.') }],
    ['cut', { body: gzipSync('{"completion":{},"dropped":[]}').subarray(0, 20) }],
    ['no bytes', { body: 'Good day.' }],
    ['no JSON', zipped('Good day.')],
    ['no object', zipped('null')],
    ['another object', zipped('{}')],
    ['no completion', kept(null)],
    ['without choices', kept({})],
    ['a choice without its message', kept({ choices: [{ index: 0, finish_reason: 'stop' }] })],
    ['a choice that is none', kept({ choices: [choice, null] })],
    ['without what was dropped', zipped(JSON.stringify({ completion: { choices: [choice] }, dropped: 'no' }))],
    ...['body', 'tenant', 'model', 'source', 'madeBy', 'askedAt', 'expiresAt', 'nanoDollars', 'tookMs'].map(
      (name): [string, Record<string, unknown>] => [`without its ${name}`, { [name]: null }],
    ),
    ['a sum of no sense', { nanoDollars: 0.5 }],
  ];

  test.each(damages)('is a miss, and made anew: %s', async (_, damage) => {
    const { key, tenant } = await site.keyOf();
    await site.ask(key);
    const item = await keptBy(tenant);
    await site.tables.put('cache', { ...item, ...damage });
    const heard = await site.ask(key, { stream: true });
    expect(heard).toMatchObject({ status: 200, cache: expect.stringContaining('miss') });
    expect(heard.text).toContain('Good day.');
    await expect.poll(async () => (await site.ask(key)).cache).toBe('hit');
  });

  test.each([
    ['lead', 'lead'],
    ['mark of what was cleared', 'cleared'],
  ])('is a miss where the %s beside it is', async (_, beside) => {
    const { key, tenant } = await site.keyOf();
    await site.ask(key);
    const { pk } = await keptBy(tenant);
    await site.tables.put(
      'cache',
      beside === 'lead' ? { pk, sk: 'lead' } : { pk: `${beside}#tenant#${tenant}`, sk: 'mark' },
    );
    expect(await site.ask(key)).toMatchObject({ status: 200, cache: 'miss; reason=unavailable' });
  });

  /** The one answer that is kept for a tenant. */
  async function keptBy(tenant: string) {
    await expect.poll(() => site.tables.calls(tenant)).toHaveLength(1);
    const [call] = await site.tables.calls(tenant);
    const find = () => site.tables.item('cache', `answer#${call?.cacheKey}`, 'answer');
    await expect.poll(find).toBeDefined();
    return (await find()) ?? {};
  }
});
