import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Config } from '../../lib/config/config.ts';
import { unhurried } from '../support/cachings.ts';
import { type House, openHouse } from '../support/door.ts';
import { type Environment, startEnvironment } from '../support/environment.ts';
import { answer } from '../support/flaky.ts';
import { gated } from '../support/gated.ts';
import { labs } from '../support/labs.ts';
import { beginStream, ending, event, refusal } from '../support/upstream.ts';

let house: House;
let config: Config;
const environments = new Set<Environment>();
beforeAll(async () => {
  const cache = { ...unhurried, mode: 'exact' as const };
  const models = {
    once: { use: 'lab/m', tries: 1 },
    impatient: { use: 'lab/m', cache: {} },
  };
  house = await openHouse({ config: { cache, models } });
  config = { ...labs({ lab: house.upstream.baseUrl }), cache, models };
});
afterEach(async () => {
  for (const environment of environments) await environment.kill();
  environments.clear();
});
afterAll(() => house?.close());

async function another(cache: Partial<Config['cache']> = {}): Promise<Environment> {
  const site = {
    endpoint: house.tables.endpoint,
    config: { ...config, cache: { ...unhurried, mode: 'exact' as const, ...cache } },
  };
  const environment = await startEnvironment(site);
  environments.add(environment);
  return environment;
}

const askAt = (url: string, key: string, fields: object, signal?: AbortSignal) =>
  fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'lab/m', messages: [{ role: 'user', content: 'Hello' }], ...fields }),
    ...(signal && { signal }),
  });

/** How many calls of a tenant are let in and not yet over. */
const live = async (tenant: string) => Number((await house.tables.spent(`tenant#${tenant}`)).item.live);
const asked = () => house.upstream.asked.length;

describe('fifty identical calls at once', () => {
  test.each([false, true])(
    'are one upstream call and one charge, and all are answered (streamed: %s)',
    async (stream) => {
      const { held, open } = gated(answer('One for all.'));
      house.upstream.answerWith(held);
      const { key, tenant } = await house.keyOf({ budgets: { day: 1 } });
      const before = asked();
      const calls = Array.from({ length: 50 }, () => askAt(house.url, key, { stream }));
      await expect.poll(() => asked() - before).toBe(1);
      open();
      const replies = await Promise.all(calls);
      const texts = await Promise.all(replies.map((reply) => reply.text()));
      expect(asked() - before).toBe(1);
      expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
      expect(texts.filter((text) => text.includes('One for all.')).length).toBe(50);
      expect(new Set(texts.map((text) => /"id":"([^"]+)"/.exec(text)?.[1])).size).toBe(50);
      const outcomes = replies.map(({ headers }) => headers.get('x-sluice-cache'));
      expect(outcomes.filter((word) => word?.startsWith('miss')).length).toBe(1); // on a busy machine with a reason
      expect(outcomes.filter((word) => word === 'hit').length).toBe(49);
      await expect
        .poll(() => house.tables.spent(`tenant#${tenant}`))
        .toMatchObject({ total: 16_000, calls: 50, item: { live: 0 } });
    },
  );

  test('share the stream as it comes: none waits for its end', async () => {
    const end = Promise.withResolvers<void>();
    house.upstream.answerWith(async (_, response) => {
      beginStream(response);
      response.write(event({ content: 'First ' }));
      await end.promise;
      response.end(event({ content: 'last' }) + ending);
    });
    const { key } = await house.keyOf({ budgets: 'none' });
    const before = asked();
    const first = await askAt(house.url, key, { stream: true });
    const second = await askAt(house.url, key, { stream: true });
    const readers = [first, second].map(({ body }) => body?.pipeThrough(new TextDecoderStream()).getReader());
    for (const reader of readers) {
      let text = '';
      while (!text.includes('First')) text += (await reader?.read())?.value ?? '';
      expect(text).not.toContain('last');
    }
    end.resolve();
    for (const reader of readers) {
      let text = '';
      for (let step = await reader?.read(); step && !step.done; step = await reader?.read()) text += step.value;
      expect(text).toContain('last');
      expect(text).toContain('[DONE]');
    }
    expect(asked() - before).toBe(1);
  });

  test('fail together where the provider refuses: it is asked once', async () => {
    const { held, open } = gated(refusal(503, { message: 'down' }));
    house.upstream.answerWith(held);
    const { key } = await house.keyOf({ budgets: 'none' });
    const before = asked();
    const calls = Array.from({ length: 50 }, () => askAt(house.url, key, { model: 'once' }));
    await expect.poll(() => asked() - before).toBe(1);
    open();
    expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([503]));
    expect(asked() - before).toBe(1);
  });
});

describe('a call that others wait for', () => {
  test('goes on when its own client hangs up, and is charged once', async () => {
    const gate = Promise.withResolvers<void>();
    house.upstream.answerWith(async (_, response) => {
      beginStream(response);
      response.write(event({ content: 'Yes. ' }));
      await gate.promise;
      response.end(event({ content: 'Still here.' }) + ending);
    });
    const { key, tenant } = await house.keyOf({ budgets: { day: 1 } });
    const before = asked();
    const hangUp = new AbortController();
    const first = await askAt(house.url, key, { stream: true }, hangUp.signal);
    const second = await askAt(house.url, key, { stream: true });
    hangUp.abort();
    await expect(first.text()).rejects.toThrow();
    gate.resolve();
    expect(await second.text()).toContain('Still here.');
    expect(asked() - before).toBe(1);
    await expect
      .poll(() => house.tables.spent(`tenant#${tenant}`))
      .toMatchObject({ total: 16_000, calls: 2, item: { live: 0 } });
  });

  test('is broken off when all have hung up', async () => {
    house.upstream.answerWith((_, response) => {
      beginStream(response);
      response.write(event({ content: 'Yes. ' }));
    });
    const { key } = await house.keyOf({ budgets: 'none' });
    const hangUp = new AbortController();
    const calls = [1, 2].map(() => askAt(house.url, key, { stream: true }, hangUp.signal));
    for (const call of calls) expect((await call).status).toBe(200);
    hangUp.abort();
    await house.upstream.aborted();
  });
});

describe('two environments', () => {
  test('that are asked the same at once make one upstream call', async () => {
    const { held, open } = gated(answer('One for all.'));
    house.upstream.answerWith(held);
    const { key, tenant } = await house.keyOf({ budgets: { day: 1 } });
    const { url } = await another();
    const before = asked();
    const calls = Array.from({ length: 50 }, (_, at) =>
      askAt(at % 2 === 0 ? house.url : url, key, { stream: at % 3 === 0 }),
    );
    await expect.poll(() => live(tenant)).toBe(50);
    open();
    const texts = await Promise.all(calls.map(async (call) => (await call).text()));
    expect(texts.filter((text) => text.includes('One')).length).toBe(50);
    expect(asked() - before).toBe(1);
  });

  test('of which one dies while it asks: whoever waits is answered within its lead and the time of a call', async () => {
    let calls = 0;
    house.upstream.answerWith((request, response) => {
      calls++;
      if (calls > 1) return answer('From the second.')(request, response);
    });
    const { key, tenant } = await house.keyOf({ budgets: { day: 1 } });
    const leader = await another();
    const before = asked();
    const lost = askAt(leader.url, key, {}).catch(() => 'lost');
    await expect.poll(() => asked() - before).toBe(1);
    const startedAt = performance.now();
    const waiting = Array.from({ length: 49 }, () => askAt(house.url, key, {}));
    await expect.poll(() => live(tenant)).toBe(50);
    await leader.kill();
    environments.delete(leader);
    expect(await lost).toBe('lost');
    const texts = await Promise.all(waiting.map(async (call) => (await call).text()));
    expect(texts.filter((text) => text.includes('From the second.')).length).toBe(49);
    expect(asked() - before).toBe(2);
    expect(performance.now() - startedAt).toBeLessThan(5_000 + 2_000);
  });

  test('do not wait for each other longer than configured, nor for one that left no answer', async () => {
    const { held, open } = gated(answer('At last.'));
    house.upstream.answerWith(held);
    const { key } = await house.keyOf({ budgets: 'none' });
    const { url } = await another({ waitSeconds: 1 });
    const before = asked();
    const first = askAt(house.url, key, {});
    await expect.poll(() => asked() - before).toBe(1);
    const second = askAt(url, key, {});
    await expect.poll(() => asked() - before, { timeout: 4_000 }).toBe(2);
    open();
    for (const call of [first, second]) expect((await call).status).toBe(200);
  });
});
