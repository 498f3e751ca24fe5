import { describe, expect, test } from 'vitest';
import { attempt, chunk, delta, done, folded, lab, stamp, usage } from '../../support/compatible-stream.ts';

const hello = [chunk([delta({ role: 'assistant', content: 'Hi' })]), chunk([delta({}, 0, 'stop')])];
const whole = [...hello, chunk([], { usage }), done];
const origin = { provider: 'lab', stamp };

/** A body that arrives, and whose connection then stays open until its reader leaves. */
function open(pieces: readonly string[]) {
  const left = Promise.withResolvers<void>();
  const body: AsyncIterable<Uint8Array> = {
    [Symbol.asyncIterator]: () => {
      const rest = pieces.values();
      return {
        next: () => {
          const { done: none, value } = rest.next();
          return none ? new Promise(() => {}) : Promise.resolve({ done: false, value: Buffer.from(value) });
        },
        return: async () => {
          left.resolve();
          return { done: true, value: undefined };
        },
      };
    },
  };
  return { body, left: left.promise };
}

describe('a stream that said [DONE]', () => {
  test.each([
    ['event by event', whole],
    ['all at once', [whole.join('')]],
    ['with more behind it', [`${whole.join('')}: bye\n\n`]],
  ])('is over, though its connection stays open: %s', async (_, pieces) => {
    const { body, left } = open(pieces);
    const chunks = (await Array.fromAsync(lab.fromStream(body, origin))).flat();
    expect(folded(chunks)).toEqual({
      choices: { 0: { text: 'Hi', finish: 'stop', role: 'assistant' } },
      usages: [usage],
    });
    await left;
  });

  test('before its finish is cut at once, though its connection stays open', async () => {
    const { body, left } = open([hello[0] ?? '', done]);
    await expect(Array.fromAsync(lab.fromStream(body, origin))).rejects.toMatchObject({ code: 'provider_cut' });
    await left;
  });

  test.each([
    ['event by event', whole],
    ['all at once', [whole.join('')]],
  ])('is whole, with its usage, though its connection is then reset: %s', async (_, pieces) => {
    const { chunks, error } = await attempt(pieces, new Error('ECONNRESET'));
    expect(error).toBeUndefined();
    expect(folded(chunks)).toEqual({
      choices: { 0: { text: 'Hi', finish: 'stop', role: 'assistant' } },
      usages: [usage],
    });
  });

  test.each([0, 1, 2, 3])('is not what was reset before it: after %i events', async (events) => {
    const reset = new Error('ECONNRESET');
    expect((await attempt(whole.slice(0, events), reset)).error).toBe(reset);
  });
});
