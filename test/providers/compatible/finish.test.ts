import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../lib/errors.ts';
import { fromWhole } from '../../../lib/providers/compatible/whole.ts';
import { thrownBy } from '../../support/bytes.ts';
import { attempt, chunk, delta, done, read, stamp } from '../../support/compatible-stream.ts';

const streamed = (word: string) => [chunk([delta({ content: 'x' })]), chunk([delta({}, 0, word)]), done];
const whole = (word: string) => {
  const message = { role: 'assistant', content: 'x' };
  return fromWhole(JSON.stringify({ choices: [{ index: 0, message, finish_reason: word }] }), {
    provider: 'lab',
    stamp,
  });
};
/** The finish of an answer that ends with this word, whole and streamed. */
const finishes = async (word: string) => {
  const choices = [whole(word).choices[0], (await read(streamed(word))).at(-1)?.choices[0]];
  return choices.map((choice) => ({ finish: choice?.finish_reason, native: choice?.native_finish_reason }));
};

describe('an answer', () => {
  test.each(['stop', 'length', 'tool_calls', 'content_filter', 'function_call'])(
    'that ends with %s ends with it, and needs no other word',
    async (word) => {
      expect(await finishes(word)).toEqual(Array(2).fill({ finish: word, native: undefined }));
    },
  );

  test.each([
    ['max_tokens', 'length'],
    ['model_length', 'length'],
    ['eos', 'stop'],
    ['end_turn', 'stop'],
    ['stop_sequence', 'stop'],
    ['tool_call', 'tool_calls'],
    ['sensitive', 'content_filter'],
  ])("that ends with %s ends with %s, the vendor's word beside it", async (word, finish) => {
    expect(await finishes(word)).toEqual(Array(2).fill({ finish, native: word }));
  });

  test.each(['made_up', 'constructor', '__proto__', 'toString'])(
    'that ends with a word nobody knows ends with stop, and says the word: %s',
    async (word) => {
      expect(await finishes(word)).toEqual(Array(2).fill({ finish: 'stop', native: word }));
    },
  );

  test.each(['error', 'abort', 'insufficient_system_resource', 'ERROR'])(
    'that ends with a word of failure has failed: %s',
    async (word) => {
      const { chunks, error } = await attempt(streamed(word));
      for (const failure of [error, thrownBy(() => whole(word))]) {
        expect(failure).toBeInstanceOf(GatewayError);
        expect(failure).toMatchObject({
          code: expect.stringMatching(/^provider_(error|cut)$/),
          source: 'provider',
          blame: 'moment',
        });
      }
      expect(chunks.flatMap(({ choices }) => choices.filter(({ finish_reason }) => finish_reason !== null))).toEqual(
        [],
      );
    },
  );
});
