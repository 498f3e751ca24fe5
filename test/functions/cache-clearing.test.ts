import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Cleared } from '../../lib/aws/answer-items.ts';
import { cacheAdmin } from '../../lib/aws/cache-admin.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { answer } from '../support/flaky.ts';
import { gated } from '../support/gated.ts';
import { type Joining, openJoining } from '../support/joining.ts';

let house: Joining;
beforeAll(async () => {
  house = await openJoining();
});
afterAll(() => house?.close());

/** What `cache clear` does. */
async function clear(cleared: Cleared): Promise<void> {
  const client = dynamodb({ endpoint: house.tables.endpoint, tryMs: 5_000, tries: 3 });
  await cacheAdmin(client, localTableNames, house.clock.now).clear(cleared);
  client.destroy();
}

type Whose = Awaited<ReturnType<Joining['keyOf']>>;

describe.each<[string, 'key' | 'tenant', (whose: Whose) => Cleared]>([
  ['a tenant', 'tenant', ({ tenant }) => ({ of: 'tenant', name: tenant })],
  ['a key', 'key', ({ id }) => ({ of: 'key', name: id })],
  ['a model', 'tenant', () => ({ of: 'model', name: 'lab/m' })],
])('a call that was under way when the answers of %s were cleared', (_, scope, clearedOf) => {
  test('is joined by nobody who asks later, and its answer is given to nobody later', async () => {
    const old = gated(answer('Of old.'));
    house.upstream.answerWith(old.held);
    const whose = await house.keyOf({ budgets: { day: 100 } });
    const asked = house.counting();
    const ask = () => house.ask(whose.key, {}, { 'x-sluice-cache': `exact; scope=${scope}` });
    const first = ask();
    await expect.poll(asked).toBe(1);
    house.clock.pass(10);
    await clear(clearedOf(whose));
    house.clock.pass(10);
    const fresh = gated(answer('Of today.'));
    house.upstream.answerWith(fresh.held);
    const second = ask();
    await expect.poll(asked).toBe(2);
    fresh.open();
    expect((await second).headers.get('x-sluice-cache')).toBe('miss');
    expect(await (await second).text()).toContain('Of today.');
    await expect.poll(() => house.live(whose.tenant)).toBe(1);
    old.open();
    expect(await (await first).text()).toContain('Of old.');
    await expect.poll(() => house.live(whose.tenant)).toBe(0);
    const third = await ask();
    expect(third.headers.get('x-sluice-cache')).toBe('hit');
    expect(await third.text()).toContain('Of today.'); // what was asked for first is kept last, and changes nothing
    expect(asked()).toBe(2);
  });
});
