import { describe, expect, test } from 'vitest';
import { emptyConfig } from '../../lib/config/config.ts';
import { call } from '../../lib/pipeline/call.ts';
import { openChat } from '../../lib/pipeline/open-chat.ts';
import { type Allowed, patient } from '../../lib/pipeline/patience.ts';
import type { Plan } from '../../lib/pipeline/plan.ts';
import type { Target } from '../../lib/providers/provider.ts';
import type { World } from '../../lib/world.ts';
import { answered } from '../support/answering.ts';
import { arriving } from '../support/bytes.ts';
import { hold, requestOf, tallyOf, targets } from '../support/labs.ts';
import { fakeWorld } from '../support/world.ts';

const two = targets({ one: 'https://one.example/v1', two: 'https://two.example/v1' });

/** A call to providers that say nothing, but for those that answer at once. */
function waiting(
  plan: Plan,
  fields: object = { stream: true },
  allowed: Allowed = {},
  answering: readonly string[] = [],
) {
  const sent: string[] = [];
  const left: string[] = [];
  const send: World['send'] = async (outbound, signal) => {
    const host = 'url' in outbound ? new URL(outbound.url).host : '';
    sent.push(host);
    if (answering.includes(host))
      return { status: 200, headers: {}, body: arriving([Buffer.from(JSON.stringify(answered))]) };
    const { promise, reject } = Promise.withResolvers<never>();
    signal.addEventListener('abort', () => {
      left.push(host);
      reject(signal.reason);
    });
    return promise;
  };
  const world = fakeWorld({ send });
  const patience = patient(new AbortController().signal, allowed, emptyConfig, world, () => {});
  const tally = tallyOf(fields, world.tick);
  const open = openChat(() => requestOf(fields));
  const outcome = call(plan, open, { patience, tally, world, hold }).then(
    () => 'answered',
    (error: unknown) => error,
  );
  const asked = (count: number) => expect.poll(() => sent.length, { interval: 1 }).toBe(count);
  return { outcome, asked, sent, left, world, tally };
}

const steps = (timeouts: object = {}, tries?: number, called: readonly Target[] = two): Plan => ({
  steps: called.map((target) => ({ target, timeouts, ...(tries !== undefined && { tries }) })),
});

describe('a silent provider', () => {
  test('is left after half a minute where another could answer, and the other is waited for longer', async () => {
    const { asked, sent, left, world, outcome } = waiting(steps());
    await asked(1);
    world.pass(29_000);
    expect(left).toEqual([]);
    world.pass(1_500); // half a minute, and what the prompt takes to be read
    await asked(2);
    expect([sent, left]).toEqual([['one.example', 'two.example'], ['one.example']]);
    world.pass(299_000);
    expect(left).toHaveLength(1);
    world.pass(1_500);
    expect(await outcome).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/^one did not begin to answer within 30\d\d\d ms\.$/),
      details: { attempts: [{ status: 'timeout' }, { status: 'timeout' }] },
    });
  });

  test('that stands alone is waited for five minutes', async () => {
    const { asked, left, world, outcome } = waiting(steps({}, 1, two.slice(0, 1)));
    await asked(1);
    world.pass(299_999);
    expect(left).toEqual([]);
    world.pass(1);
    expect(await outcome).toMatchObject({ message: 'one did not begin to answer within 300000 ms.' });
  });

  test('is left when its route says so, streamed or not', async () => {
    for (const stream of [true, false]) {
      const { asked, left, world, outcome } = waiting(steps({ firstTokenMs: 700 }), { stream });
      await asked(1);
      world.pass(699);
      expect(left).toEqual([]);
      world.pass(1);
      await asked(2);
      world.pass(700);
      expect(await outcome).toMatchObject({ message: 'one did not begin to answer within 700 ms.' });
    }
  });

  test('of a whole answer is left when all of it takes too long, and the next answers', async () => {
    const { asked, world, outcome, tally } = waiting(steps({ callMs: 9_000 }), {}, {}, ['two.example']);
    await asked(1);
    world.pass(9_000);
    expect(await outcome).toBe('answered');
    expect(tally.attempts()).toMatchObject([
      { provider: 'one', status: 'timeout', message: 'one did not end its answer within 9000 ms.' },
      { provider: 'two', status: 200 },
    ]);
  });
});

describe('the time for the whole call', () => {
  test.each([
    [{ byCaller: 5_000, byRoute: 8_000 }, 'The call took longer than the 5000 ms its caller allows.'],
    [{ byCaller: 8_000, byRoute: 5_000 }, 'The call took longer than the 5000 ms its route allows.'],
    [{ byRoute: 5_000 }, 'The call took longer than the 5000 ms its route allows.'],
  ])('is that of whoever waits least: %j', async (allowed, message) => {
    const { asked, sent, left, world, outcome } = waiting(steps({ firstTokenMs: 3_000 }), { stream: true }, allowed);
    await asked(1);
    world.pass(3_000);
    await asked(2);
    world.pass(2_000);
    expect(await outcome).toMatchObject({ code: 'timeout', status: 504, source: 'gateway', message });
    expect([sent.length, left]).toEqual([2, ['one.example', 'two.example']]);
  });

  test('is told as such even where the time of the first target ends with it', async () => {
    const plan = steps({ callMs: 5_000 });
    const { asked, sent, world, outcome } = waiting(plan, { stream: true }, { byRoute: 5_000 });
    await asked(1);
    world.pass(5_000);
    expect(await outcome).toMatchObject({ message: 'The call took longer than the 5000 ms its route allows.' });
    expect(sent).toHaveLength(1);
  });
});
