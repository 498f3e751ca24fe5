import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MOST_ANSWER_BYTES } from '../../lib/wire/bounded.ts';
import { incoming } from '../../lib/wire/incoming.ts';
import type { Timer } from '../../lib/wire/timer.ts';
import { failureOf } from '../support/bytes.ts';
import { timer } from '../support/timer.ts';

/** A body, and all that it did to whoever sends it. */
function body() {
  const rings: (() => void)[] = [];
  const did: string[] = [];
  const timer: Timer = (_, ring) => {
    rings.push(ring);
    return () => void did.push('called off');
  };
  const it = incoming(timer, ({ message }) => void did.push(`stopped: ${message}`));
  const reading = it.from(() => void did.push('resumed'))[Symbol.asyncIterator]();
  return { ...it, reading, rings, did };
}

const all = async (reading: AsyncIterator<Uint8Array>): Promise<number[]> => {
  const { value, done } = await reading.next();
  return done ? [] : [...value, ...(await all(reading))];
};

test('all that came is read in its order, whether it was waited for or not, and then how it ended', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ piece: fc.uint8Array({ minLength: 1, maxLength: 9 }), awaited: fc.boolean() })),
      fc.boolean(),
      async (turns, broken) => {
        const { push, end, reading } = body();
        const read: number[] = [];
        let unread = 0;
        for (const { piece, awaited } of turns) {
          const waiting = awaited && unread === 0 ? reading.next() : undefined;
          push(piece);
          if (waiting === undefined) unread += 1;
          else read.push(...((await waiting).value ?? []));
        }
        const rest = broken ? undefined : all(reading);
        end(broken ? new Error('cut') : undefined);
        const readOn = async () => {
          for (let step = await reading.next(); !step.done; step = await reading.next()) read.push(...step.value);
        };
        if (broken) expect(await failureOf(readOn())).toMatchObject({ message: 'cut' });
        expect([...read, ...((await rest) ?? [])]).toEqual(turns.flatMap(({ piece }) => [...piece]));
      },
    ),
  );
});

test('a sender that is faster than the reader waits until there is room', async () => {
  const { push, reading, did } = body();
  expect([push(new Uint8Array(60_000)), push(new Uint8Array(60_000))]).toEqual([true, false]);
  expect(did).toEqual([]);
  await reading.next();
  expect(did).toEqual(['resumed']);
});

test('what came while only the first pieces were read makes room once it is read', async () => {
  const { push, reading, did } = body();
  const room = [1, 1, 1, 1, 60_000, 6_000].map((length) => push(new Uint8Array(length)));
  expect(room).toEqual([true, true, true, true, true, false]);
  await reading.next();
  expect(did).toEqual([]);
  await reading.next();
  push(new Uint8Array(1));
  await reading.next();
  expect(did).toEqual(['resumed']);
});

test('what was read takes no room', async () => {
  const { push, reading } = body();
  for (const length of [20_000, 20_000, 10_000, 10_000, 1]) push(new Uint8Array(length));
  await reading.next();
  expect(push(new Uint8Array(6_000))).toBe(true);
});

test('the first pieces are read ahead of what came with them, a turn of the loop before; later ones all at once', async () => {
  const { push, end, reading } = body();
  const log: string[] = [];
  const read = async () => {
    const { value } = await reading.next();
    log.push([...(value ?? [])].join());
    setImmediate(() => void log.push('turn'));
  };
  push(Uint8Array.of(1));
  await read();
  for (let piece = 2; piece <= 9; piece++) push(Uint8Array.of(piece));
  await read();
  await read();
  for (let piece = 10; piece <= 18; piece++) push(Uint8Array.of(piece));
  await read();
  end();
  expect(log).toEqual(['1', '2,3,4', 'turn', 'turn', '5,6,7,8,9', '10,11,12,13,14,15,16,17,18']);
});

test('of a sender who cannot wait all is kept, up to what no answer has', async () => {
  const stopped: Error[] = [];
  const { push, from } = incoming(timer, (reason) => void stopped.push(reason));
  const reading = from()[Symbol.asyncIterator]();
  const half = new Uint8Array(MOST_ANSWER_BYTES / 2);
  expect([push(half), push(half), stopped.length]).toEqual([true, true, 0]);
  expect((await reading.next()).value?.length).toBe(MOST_ANSWER_BYTES);
  expect([push(half), push(half), stopped.length, push(new Uint8Array(1))]).toEqual([true, true, 0, true]);
  expect(stopped).toMatchObject([{ code: 'EMSGSIZE' }]);
});

test('a reader who leaves waits for nothing; the sender has a moment for its last bytes', async () => {
  const quick = body();
  quick.push(new Uint8Array(60_000));
  await quick.reading.return?.();
  expect([quick.push(new Uint8Array(90_000)), quick.did]).toEqual([true, ['resumed']]);
  quick.end();
  expect(quick.did).toEqual(['resumed', 'called off']);

  const slow = body();
  await slow.reading.return?.();
  for (const ring of slow.rings) ring();
  expect(slow.did).toEqual(['resumed', 'stopped: Nobody reads on.']);
});

test('a reader who leaves when all is here leaves nothing behind', async () => {
  const { push, end, reading, rings, did } = body();
  push(new Uint8Array(1));
  end();
  await reading.return?.();
  expect([rings.length, did, await reading.next()]).toEqual([0, [], { value: undefined, done: true }]);
});
