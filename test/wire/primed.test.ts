import fc from 'fast-check';
import { expect, test } from 'vitest';
import { primed } from '../../lib/wire/primed.ts';
import { arriving, breaking, failureOf } from '../support/bytes.ts';

test('a primed stream gives everything, once, in order, wherever its first content stands', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer()), fc.integer(), async (values, content) => {
      expect(await Array.fromAsync(await primed(arriving(values), (value) => value === content))).toEqual(values);
    }),
  );
});

test('no more is read than the first content', async () => {
  let read = 0;
  async function* counting() {
    for (;;) yield ++read;
  }
  const stream = await primed(counting(), (value) => value === 3);
  expect(read).toBe(3);
  const given: number[] = [];
  for await (const value of stream) if (given.push(value) === 5) break;
  expect(given).toEqual([1, 2, 3, 4, 5]);
  expect(read).toBe(5);
});

test('a stream that fails before its first content fails at once, with its own error', async () => {
  const error = new Error('refused');
  expect(await failureOf(primed(breaking([1, 2], error), (value) => value === 3))).toBe(error);
});

test('a stream that fails after its first content fails there', async () => {
  const error = new Error('cut');
  const stream = await primed(breaking([1, 2], error), (value) => value === 1);
  const seen: number[] = [];
  const reading = async () => {
    for await (const value of stream) seen.push(value);
  };
  expect(await failureOf(reading())).toBe(error);
  expect(seen).toEqual([1, 2]);
});

test.each([
  ['while what was read before is given again', 1],
  ['among what is read afterwards', 3],
])('a reader who leaves %s lets go of the source', async (_, leaveAt) => {
  const source = arriving([1, 2, 3, 4]);
  for await (const value of await primed(source, (each) => each === 2)) if (value === leaveAt) break;
  expect(await source.next()).toEqual({ done: true, value: undefined });
});

test('an empty stream is an empty stream', async () => {
  expect(await Array.fromAsync(await primed(arriving<number>([]), () => true))).toEqual([]);
});
