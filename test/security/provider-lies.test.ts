import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type House, openHouse } from '../support/door.ts';
import { embeds } from '../support/embeds.ts';
import { beginStream, endingWith, event, wholeAnswer } from '../support/upstream.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(() => house?.close());

const HELD = 36_250; // what "Hello" and five tokens may cost at most

describe('a provider that counts what cannot be', () => {
  test.each([9e15, Number.MAX_SAFE_INTEGER, 1e10, 1e300, -5, 1.5])(
    'such as %d tokens is paid by what was sent and received, on record, and holds nothing back',
    async (count) => {
      for (const stream of [false, true]) {
        const { key, tenant } = await house.keyOf({ budgets: { day: 10 }, rates: { concurrent: 1 } });
        const counted = { prompt_tokens: count, completion_tokens: count, total_tokens: count };
        house.upstream.answerWith((asked, response) => {
          if (!stream) return wholeAnswer('Hi', counted)(asked, response);
          beginStream(response);
          response.end(event({ content: 'Hi' }) + endingWith(counted));
        });
        const response = await house.ask(key, { stream, max_tokens: 5 });
        expect([response.status, await response.text()]).toEqual([200, expect.stringContaining('Hi')]);
        await expect
          .poll(() => house.tables.calls(tenant))
          .toMatchObject([{ status: 'ok', bill: { estimated: true } }]);
        await expect.poll(async () => (await house.tables.spent(`tenant#${tenant}`)).item.live).toBe(0);
        const { total } = await house.tables.spent(`tenant#${tenant}`);
        expect(total).toBeGreaterThan(0);
        expect(total).toBeLessThanOrEqual(HELD);
      }
    },
  );

  test('in vectors is paid so, too', async () => {
    const { key, tenant } = await house.keyOf({ budgets: { day: 10 } });
    house.upstream.answerWith((asked, response) => {
      const end = response.end.bind(response);
      const lie = (body: string) => end(body.replace(/"prompt_tokens":\d+/, '"prompt_tokens":9000000000000000'));
      embeds(asked, Object.assign(response, { end: lie }));
    });
    const response = await fetch(`${house.url}/embeddings`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'lab/e', input: 'Hello' }),
    });
    expect([response.status, (await response.text()).includes('9000000000000000')]).toEqual([200, true]);
    await expect.poll(() => house.tables.calls(tenant)).toMatchObject([{ status: 'ok', bill: { estimated: true } }]);
  });
});
