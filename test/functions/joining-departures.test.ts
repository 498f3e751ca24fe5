import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { unhurried } from '../support/cachings.ts';
import { type House, openHouse } from '../support/door.ts';
import { answer } from '../support/flaky.ts';
import { gated } from '../support/gated.ts';
import { type Joining, openJoining } from '../support/joining.ts';
import { watchedFlights } from '../support/watched-flights.ts';

describe('a client that hangs up before anything came', () => {
  let house: Joining;
  beforeAll(async () => {
    house = await openJoining();
  });
  afterAll(() => house?.close());

  test('leaves a call that others wait for whole: its record, its bill, its hold, and its answer, which is kept', async () => {
    const { held, open } = gated(answer('One for both.'));
    house.upstream.answerWith(held);
    const { key, tenant } = await house.keyOf({ budgets: { day: 100 } });
    const asked = house.counting();
    const hangUp = new AbortController();
    const first = house.ask(key, { stream: true }, {}, hangUp.signal);
    await expect.poll(asked).toBe(1);
    const second = house.ask(key, { stream: true });
    await expect.poll(house.flights.joined).toBe(1);
    hangUp.abort();
    await expect(first).rejects.toThrow();
    await fetch(house.url.replace('/v1', '/healthz')); // by then the door has seen its client go
    house.clock.pass(15_000); // and would tell it that it is still at work
    expect((await second).status).toBe(200);
    expect(await house.live(tenant)).toBe(2);
    open();
    const text = await (await second).text();
    expect(text).toContain(': ping');
    expect(text).toContain('One for both.');
    await expect
      .poll(() => house.tables.calls(tenant))
      .toMatchObject([
        { cache: 'miss', status: 'ok', finish: 'stop', bill: { nanoDollars: 16_000, estimated: false } },
        { cache: 'hit', status: 'ok', finish: 'stop', bill: { nanoDollars: 0 }, savedNanoUsd: 16_000 },
      ]);
    await expect
      .poll(() => house.tables.spent(`tenant#${tenant}`))
      .toMatchObject({ total: 16_000, calls: 2, item: { live: 0 } });
    const again = await house.ask(key, { stream: true });
    expect(again.headers.get('x-sluice-cache')).toBe('hit');
    expect(await again.text()).toContain('One for both.');
    expect(asked()).toBe(1);
  });
});

describe('a client that hangs up while those who would join its call are let in', () => {
  let house: House | undefined;
  afterEach(() => house?.close());

  // One: whoever of them comes first finds the call gone and makes it anew, and all others find this one.
  test.each([false, true])('is followed by one call for all of them (streamed: %s)', async (stream) => {
    const flights = watchedFlights();
    const opened = await openHouse({
      config: { cache: { ...unhurried, mode: 'exact' } },
      world: (world) => ({ ...world, flights }),
    });
    house = opened;
    const { upstream, tables } = opened;
    let calls = 0;
    const again = gated(answer('One for all the others.'));
    upstream.answerWith((asked, response) => (++calls > 1 ? again.held(asked, response) : undefined));
    const { key, tenant } = await opened.keyOf({ budgets: { day: 100 } });
    const hangUp = new AbortController();
    const first = opened.ask(key, { stream }, {}, hangUp.signal);
    await expect.poll(() => calls).toBe(1);
    const release = tables.hold();
    const others = Array.from({ length: 20 }, () => opened.ask(key, { stream }));
    await expect.poll(flights.arrived).toBe(21);
    hangUp.abort();
    await expect(first).rejects.toThrow();
    await upstream.aborted();
    release();
    await expect.poll(flights.joined).toBe(19);
    again.open();
    const texts = await Promise.all(others.map(async (call) => (await call).text()));
    expect(texts.filter((text) => text.includes('One for all the others.')).length).toBe(20);
    expect(calls).toBe(2);
    await expect.poll(async () => (await tables.spent(`tenant#${tenant}`)).item.live).toBe(0);
  });
});
