import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Route } from '../../lib/config/route.ts';
import { startCounting } from '../support/counting.ts';
import { type House, openHouse } from '../support/door.ts';
import { answer } from '../support/flaky.ts';
import { labs } from '../support/labs.ts';
import { refusal, type Script, startUpstream, type Upstream } from '../support/upstream.ts';

let house: House;
let spare: Upstream;
let line: Awaited<ReturnType<typeof startCounting>>;
/** When the first provider was asked last. */
let askedAt = 0;
const noting =
  (script: Script): Script =>
  (asked, response) => {
    askedAt = performance.now();
    return script(asked, response);
  };
const silent: Script = () => {};

beforeAll(async () => {
  spare = await startUpstream(answer('spare'));
  const { providers } = labs({ spare: spare.baseUrl });
  const pair = (name: string, more: object = {}): [string, Route] => [
    name,
    { inOrder: [{ use: `lab/${name}`, ...more }, `spare/${name}`] },
  ];
  const names = ['healthy', 'resting', 'tried', 'impatient', 'hasty', 'left', 'refusing'];
  const models = Object.fromEntries([
    ...names.map((name) => pair(name)),
    pair('slow', { timeouts: { firstTokenMs: 30 } }),
  ]);
  house = await openHouse({
    config: { providers, models },
    endpoint: async (tables) => {
      line = await startCounting(tables.endpoint);
      return line.endpoint;
    },
  });
});
afterAll(async () => {
  await house?.close();
  await spare?.close();
  await line?.close();
});

const attempts = async (key: string, model: string, headers = {}, stream = false) => {
  const response = await house.ask(key, { model, stream }, headers);
  await response.text();
  return response.headers.get('x-sluice-attempts');
};
const before = () =>
  line.passed.filter(({ at }) => at < askedAt).map(({ operation, table }) => `${operation} ${table}`);

describe('a healthy target with another behind it', () => {
  test('is called without a question to the database, and without waiting for one that is asked beside', async () => {
    house.upstream.answerWith(noting(answer('Hi')));
    const { key } = await house.keyOf({ budgets: 'none' });
    line.passed.length = 0;
    line.ignore('Query');
    expect(await attempts(key, 'healthy')).toBe('lab:200'); // though what was asked of rests has no answer
    await expect.poll(() => line.passed.map(({ operation }) => operation)).toContain('Query');
    line.ignore();
    line.passed.length = 0;
    const startedAt = performance.now();
    for (let call = 0; call < 50; call++) expect(await attempts(key, 'healthy')).toBe('lab:200');
    const asked = line.passed.filter(({ table }) => table === 'Cache').map(({ operation }) => operation);
    expect(asked.filter((operation) => operation !== 'Query')).toEqual([]);
    expect(asked.length).toBeLessThanOrEqual(1 + (performance.now() - startedAt) / 5_000);
  });
});

describe('a target that others found failing', () => {
  const rest = (model: string, until: number) =>
    house.tables.put('cache', { pk: 'rest', sk: `lab/${model}`, until, level: 1 });

  test('is passed over once that is known here', async () => {
    house.upstream.answerWith(answer('Hi'));
    const { key } = await house.keyOf({ budgets: 'none' });
    await rest('resting', Date.now() + 600_000);
    const startedAt = performance.now();
    await expect.poll(() => attempts(key, 'resting'), { interval: 100 }).toBe('spare:200');
    expect(performance.now() - startedAt).toBeLessThan(7_000); // five seconds, and what the machine is slow
  });

  test('is tried by one of many calls when its rest is over, for one question to the database, and is then called by all', async () => {
    const { key } = await house.keyOf({ budgets: 'none' });
    const endless = Promise.withResolvers<void>();
    await rest('tried', Date.now() + 600_000);
    await expect.poll(() => attempts(key, 'tried'), { interval: 100 }).toBe('spare:200');
    await rest('tried', Date.now() - 1);
    house.upstream.answerWith(
      noting(async (asked, response) => {
        await endless.promise;
        return answer('Hi')(asked, response);
      }),
    );
    // Until this process hears of it, its calls go elsewhere; then one goes where the others do not.
    let first: Promise<string | null> | undefined;
    const asked = house.upstream.asked.length;
    line.passed.length = 0;
    await expect
      .poll(
        async () => {
          const call = attempts(key, 'tried');
          const outcome = await Promise.race([call, reached(asked)]);
          if (outcome === 'reached') first = call;
          return outcome;
        },
        { interval: 100 },
      )
      .toBe('reached');
    expect(before().filter((each) => each === 'UpdateItem Cache')).toHaveLength(1);
    expect(await Promise.all(Array.from({ length: 10 }, () => attempts(key, 'tried')))).toEqual(
      Array(10).fill('spare:200'),
    );
    endless.resolve();
    expect(await first).toBe('lab:200');
    expect(await attempts(key, 'tried')).toBe('lab:200');
    await expect.poll(() => house.tables.item('cache', 'rest', 'lab/tried')).toBeUndefined();
  });

  /** Resolves when the first provider is asked again. */
  const reached = async (asked: number) => {
    await expect.poll(() => house.upstream.asked.length, { interval: 5 }).toBeGreaterThan(asked);
    return 'reached';
  };
});

describe('the impatience of one tenant', () => {
  /** Ten calls of an impatient tenant, and then one of another. */
  async function tenBefore(model: string, call: (key: string, at: number) => Promise<unknown>) {
    house.upstream.answerWith(silent);
    const { key } = await house.keyOf({ budgets: 'none' });
    const outcomes = await Promise.all(Array.from({ length: 10 }, (_, at) => call(key, at)));
    house.upstream.answerWith(answer('Hi'));
    const { key: patient } = await house.keyOf({ budgets: 'none' });
    return { outcomes, next: await attempts(patient, model) };
  }

  test('with the first token closes no target to others', async () => {
    const impatient = (key: string, at: number) =>
      attempts(key, 'impatient', { 'x-sluice-first-token-ms': '2000' }, at % 2 === 0);
    const { outcomes, next } = await tenBefore('impatient', impatient);
    expect(outcomes).toEqual(Array(10).fill('lab:timeout,spare:200')); // that all rest must not be why it is called
    expect(next).toBe('lab:200');
  });

  test('with the whole call closes no target to others', async () => {
    const hasty = async (key: string) => {
      const response = await house.ask(key, { model: 'hasty' }, { 'x-sluice-timeout-ms': '50' });
      return [response.status, (await response.text()).includes('its caller allows')];
    };
    const { outcomes, next } = await tenBefore('hasty', hasty);
    expect(outcomes).toEqual(Array(10).fill([504, true]));
    expect(next).toBe('lab:200');
  });

  test('that makes it hang up closes no target to others', async () => {
    const leaving = async (key: string) => {
      const asked = house.upstream.asked.length;
      const leaver = new AbortController();
      const call = fetch(`${house.url}/chat/completions`, {
        method: 'POST',
        signal: leaver.signal,
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'left', messages: [{ role: 'user', content: 'Hello' }] }),
      }).catch(() => 'left');
      await expect.poll(() => house.upstream.asked.length).toBeGreaterThan(asked);
      leaver.abort();
      return call;
    };
    const { outcomes, next } = await tenBefore('left', leaving);
    expect(outcomes).toEqual(Array(10).fill('left'));
    expect(next).toBe('lab:200');
  });

  test('is another thing than what its operator calls too slow, or what the target itself says', async () => {
    const slow = await tenBefore('slow', (key) => attempts(key, 'slow', {}, true));
    expect(slow.outcomes).toEqual(Array(10).fill('lab:timeout,spare:200'));
    expect(slow.next).toBe('spare:200');
    house.upstream.answerWith(refusal(503, { message: 'no' }));
    const { key } = await house.keyOf({ budgets: 'none' });
    for (let call = 0; call < 3; call++) expect(await attempts(key, 'refusing')).toBe('lab:503,spare:200');
    expect(await attempts(key, 'refusing')).toBe('spare:200');
  });
});
