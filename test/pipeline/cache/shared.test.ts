import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatChunk } from '../../../lib/openai/answer.ts';
import { accompanied } from '../../../lib/pipeline/cache/company.ts';
import { shared } from '../../../lib/pipeline/cache/shared.ts';
import { failureOf } from '../../support/bytes.ts';

const chunkOf = (at: number): readonly ChatChunk[] => [
  { id: `${at}`, object: 'chat.completion.chunk', created: 1, model: 'm', choices: [] },
];

/** A stream of so many batches that counts who pulls it, and its company. */
function streaming(count: number, end?: Error) {
  const seen = { pulled: 0, atOnce: 0, most: 0, closed: 0 };
  const source = {
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        seen.most = Math.max(seen.most, ++seen.atOnce);
        await null;
        seen.atOnce--;
        if (seen.pulled < count) return { done: false as const, value: chunkOf(seen.pulled++) };
        if (end !== undefined) throw end;
        return { done: true as const, value: undefined };
      },
      return: async () => {
        seen.closed++;
        return { done: true as const, value: undefined };
      },
    }),
  };
  const caller = new AbortController();
  const company = accompanied({ signal: caller.signal, over: new AbortController().signal });
  const sharing = shared(source, company);
  const read = (signal: AbortSignal) => {
    const stream = sharing.read(signal);
    if (stream === undefined) throw new Error('It cannot be read from its beginning.');
    return stream;
  };
  return { ...sharing, read, company, seen, hangUp: () => caller.abort() };
}

const patient = new AbortController().signal;
const all = (count: number) => Array.from({ length: count }, (_, at) => chunkOf(at));

describe('a stream that several read', () => {
  test('is each one’s from its beginning, in order, at any pace, and is pulled once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: 12 }),
        fc.array(fc.nat({ max: 4 }), { maxLength: 60 }),
        fc.boolean(),
        async (count, turns, breaks) => {
          const broken = new Error('broken');
          const { own, read, whole, seen } = streaming(count, breaks ? broken : undefined);
          const streams = [own(), read(patient), read(patient), read(patient), read(patient)];
          const readers = streams.map((stream) => stream[Symbol.asyncIterator]());
          const got = readers.map((): unknown[] => []);
          const step = async (which: number) => {
            const next = await readers[which]?.next().catch((error: unknown) => ({ done: true, value: error }));
            if (next?.done !== true || next.value !== undefined) got[which]?.push(next?.value);
            return next?.done === true;
          };
          // Some wait for each other, some do not.
          await Promise.all(turns.map((which, at) => (at % 3 === 0 ? step(which) : step(which).then(() => null))));
          for (const which of readers.keys()) while (!(await step(which)));
          const due = [...all(count), ...(breaks ? [broken] : [])];
          for (const each of got) expect(each).toEqual(due);
          expect([seen.pulled, Math.min(seen.most, 1)]).toEqual([count, seen.most]);
          expect(whole()).toEqual(breaks ? undefined : all(count));
        },
      ),
    );
  });

  test('fails for all who read it as it fails', async () => {
    const broken = new Error('broken');
    const { own, read, whole } = streaming(2, broken);
    const failures = await Promise.all([own(), read(patient), read(patient)].map(failureOf));
    expect(failures).toEqual([broken, broken, broken]);
    expect(whole()).toBeUndefined();
  });

  test('keeps nobody waiting for a reader who stops', async () => {
    const { own, read } = streaming(5);
    const slow = read(patient)[Symbol.asyncIterator]();
    await slow.next();
    expect(await Array.fromAsync(own())).toEqual(all(5));
  });

  test('is left by a reader whose signal fires, and by no other', async () => {
    const { own, read } = streaming(3);
    const leaving = new AbortController();
    const reader = read(leaving.signal)[Symbol.asyncIterator]();
    await reader.next();
    leaving.abort(new Error('gone'));
    await expect(reader.next()).rejects.toThrow('gone');
    expect(await Array.fromAsync(own())).toEqual(all(3));
  });
});

describe('a call that leaves its own stream early', () => {
  test('closes it, where nobody else reads it', async () => {
    const { own, whole, seen } = streaming(5);
    for await (const _ of own()) break;
    expect([seen.pulled, seen.closed, whole()]).toEqual([1, 1, undefined]);
  });

  test('goes on to its end for those who joined', async () => {
    const { own, read, whole, company, seen } = streaming(5);
    const leave = company.join();
    for await (const _ of own()) break;
    expect(await Array.fromAsync(read(patient))).toEqual(all(5));
    leave?.();
    expect([whole(), seen.closed]).toEqual([all(5), 0]);
  });

  test('closes it once the last who joined has left', async () => {
    const { own, company, seen } = streaming(1_000_000);
    const [one, other] = [company.join(), company.join()];
    const left = own()[Symbol.asyncIterator]();
    await left.next();
    const closing = left.return?.();
    await null;
    one?.();
    await null;
    expect(seen.closed).toBe(0);
    other?.();
    await closing;
    expect(seen.closed).toBe(1);
    expect(seen.pulled).toBeLessThan(1_000);
  });
});

describe('a stream longer than any answer worth keeping', () => {
  const LONG = 21_010; // four megabytes, at two hundred bytes a chunk

  test('is not kept, and whoever comes too late for its beginning may not join', async () => {
    const { own, whole, company } = streaming(LONG);
    let read = 0;
    let late: unknown = 'nobody came';
    for await (const [chunk] of own()) {
      expect(chunk?.id).toBe(String(read++));
      if (read === LONG) late = company.join();
    }
    expect([read, late, whole()]).toEqual([LONG, undefined, undefined]);
  });

  test('is all there for those who joined in time', async () => {
    const { own, read, company } = streaming(LONG);
    company.join();
    expect((await Array.fromAsync(own())).length).toBe(LONG);
    expect(await Array.fromAsync(read(patient))).toEqual(all(LONG));
  });
});
