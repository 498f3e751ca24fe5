import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { startClocks, type TimeLimits } from '../../lib/pipeline/clocks.ts';
import { failureOf } from '../support/bytes.ts';
import { fakeWorld } from '../support/world.ts';

const usual: TimeLimits = { firstTokenMs: 30_000, betweenTokensMs: 1_000, callMs: undefined };

function started(limits: Partial<TimeLimits> = {}) {
  const world = fakeWorld();
  const caller = new AbortController();
  return { world, caller, clocks: startClocks({ ...usual, ...limits }, 'lab', caller.signal, world) };
}

/** A provider that gives its next piece when it is told to, and gives up when the signal fires. */
function provider(signal: AbortSignal) {
  let next = Promise.withResolvers<string | undefined>();
  signal.addEventListener('abort', () => next.reject(signal.reason));
  async function* pieces(): AsyncGenerator<string> {
    for (;;) {
      const piece = await next.promise;
      next = Promise.withResolvers();
      next.promise.catch(() => {}); // nobody may be reading when it gives up
      if (piece === undefined) return;
      yield piece;
    }
  }
  return { pieces: pieces(), give: (piece?: string) => next.resolve(piece) };
}

const reasonOf = ({ signal }: { readonly signal: AbortSignal }) => signal.reason;

describe('the clocks of a call', () => {
  test('end it when nothing has begun in time, and say so', () => {
    const { world, clocks } = started({ firstTokenMs: 1_500 });
    world.pass(1_499);
    expect(clocks.signal.aborted).toBe(false);
    world.pass(1);
    expect(reasonOf(clocks)).toMatchObject({
      code: 'timeout',
      status: 504,
      source: 'provider',
      message: 'lab did not begin to answer within 1500 ms.',
    });
  });

  test('do not end it for its beginning once it has begun', () => {
    const { world, clocks } = started();
    world.pass(29_999);
    clocks.begun();
    world.pass(1e6);
    expect([clocks.signal.aborted, world.timers()]).toEqual([false, 0]);
  });

  test('end it when all of it takes too long, begun or not', () => {
    const { world, clocks } = started({ callMs: 5_000 });
    clocks.begun();
    world.pass(5_000);
    expect(reasonOf(clocks)).toMatchObject({ code: 'timeout', message: 'lab did not end its answer within 5000 ms.' });
  });

  test('have no end of their own where none is said', () => {
    const { world, clocks } = started({ firstTokenMs: undefined });
    expect(world.timers()).toBe(0);
    world.pass(1e9);
    expect(clocks.signal.aborted).toBe(false);
  });

  test('fire with the reason of whoever leaves first', () => {
    const { clocks, caller, world } = started();
    const gone = new GatewayError('client_closed', { message: 'gone' });
    caller.abort(gone);
    world.pass(1e6);
    expect(reasonOf(clocks)).toBe(gone);
  });

  test('are put away when they are stopped', () => {
    const { clocks, world } = started({ callMs: 1 });
    expect(world.timers()).toBe(2);
    clocks.stop();
    expect(world.timers()).toBe(0);
  });
});

describe('a stream', () => {
  test('that is silent too long between two pieces ends there', async () => {
    const { world, clocks } = started();
    const { pieces, give } = provider(clocks.signal);
    const read = clocks.paced(pieces)[Symbol.asyncIterator]();
    give('one');
    expect(await read.next()).toMatchObject({ value: 'one' });
    clocks.begun();
    const second = failureOf(read.next());
    world.pass(999);
    expect(clocks.signal.aborted).toBe(false);
    world.pass(1);
    expect(await second).toMatchObject({
      code: 'timeout',
      message: 'lab did not go on with its answer within 1000 ms.',
    });
    expect(world.timers()).toBe(0);
  });

  test('that has sent pieces without content may be silent until the first content is due', async () => {
    const { world, clocks } = started();
    const { pieces, give } = provider(clocks.signal);
    const read = clocks.paced(pieces)[Symbol.asyncIterator]();
    give('the role, and nothing else');
    await read.next();
    const second = failureOf(read.next());
    world.pass(29_999);
    expect(clocks.signal.aborted).toBe(false);
    world.pass(1);
    expect(await second).toMatchObject({ message: 'lab did not begin to answer within 30000 ms.' });
  });

  test('that goes on in time goes on to its end, however long that is', async () => {
    const { world, clocks } = started();
    const { pieces, give } = provider(clocks.signal);
    const read = clocks.paced(pieces)[Symbol.asyncIterator]();
    give('0');
    expect((await read.next()).value).toBe('0');
    clocks.begun();
    for (let piece = 1; piece < 200; piece++) {
      const next = read.next();
      world.pass(999);
      give(String(piece));
      expect((await next).value).toBe(String(piece));
    }
    const end = read.next();
    give();
    expect((await end).done).toBe(true);
    expect([clocks.signal.aborted, world.timers()]).toEqual([false, 0]);
  });

  test('is not silent while its reader takes its time', async () => {
    const { world, clocks } = started();
    const { pieces, give } = provider(clocks.signal);
    const read = clocks.paced(pieces)[Symbol.asyncIterator]();
    give('one');
    await read.next();
    clocks.begun();
    world.pass(1e6);
    expect(clocks.signal.aborted).toBe(false);
    give('two');
    expect((await read.next()).value).toBe('two');
  });

  test('is let go, and its clocks put away, when its reader leaves', async () => {
    const { world, clocks } = started({ callMs: 9_000 });
    const { pieces, give } = provider(clocks.signal);
    give('one');
    for await (const piece of clocks.paced(pieces)) {
      expect(piece).toBe('one');
      break;
    }
    expect(world.timers()).toBe(0);
    expect((await pieces.next()).done).toBe(true);
  });
});
