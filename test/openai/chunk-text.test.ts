import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChatChunk } from '../../lib/openai/answer.ts';
import { openChunkText } from '../../lib/openai/chunk-text.ts';

const shared = { top: [1, '\0'] };
const anything = fc.constantFrom<unknown[]>(
  null,
  undefined,
  0,
  -0,
  Number.NaN,
  '',
  '\0',
  '"',
  'a',
  shared,
  { top: [2] },
  [],
);
const fields = fc.dictionary(fc.constantFrom('a', '0', '__proto__', 'words'), anything, { maxKeys: 2 });
const words = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }),
  fc.constantFrom('', '\0', '\ud83d', '"', '\\', '\n', '\u2028', '"words":"\0"'),
);
const delta = fc.oneof(
  fc.record({ content: words }),
  fc.record({ reasoning_content: words }),
  fc.record({ content: words, refusal: fc.constantFrom(null, 'a') }),
  fc.dictionary(fc.constantFrom('content', '__proto__', '0'), fc.oneof(words, anything), { maxKeys: 2 }),
);
const chunk = (around: object, within: object, ...deltas: readonly object[]) =>
  ({
    id: 'c',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'm',
    choices: deltas.map((delta) => ({ index: 0, delta, ...within, finish_reason: null })),
    ...around,
  }) as ChatChunk;
/** Chunks in a row: most are the same but for their words. */
const answer = fc.array(fc.tuple(fields, fields), { minLength: 1, maxLength: 2 }).chain((kinds) =>
  fc.array(
    fc
      .tuple(
        fc.constantFrom(...kinds),
        fc.array(delta, { maxLength: 2 }),
        delta,
        fc.constantFrom(true, true, true, false),
      )
      .map(([[around, within], deltas, single, usual]) => chunk(around, within, ...(usual ? [single] : deltas))),
    { minLength: 3, maxLength: 16 },
  ),
);

test('each chunk is written as it is alone, whatever came before it', () => {
  fc.assert(
    fc.property(answer, (chunks) => {
      expect(chunks.map(openChunkText())).toEqual(chunks.map((each) => JSON.stringify(each)));
    }),
    { numRuns: 3_000 },
  );
});

test('what chunks have around their words is written once', () => {
  let written = 0;
  const counted = { toJSON: () => ++written };
  const toText = openChunkText();
  const texts = ['a', 'b', '"c" \\', 'd'].map((content) => toText(chunk({ counted }, {}, { content })));
  expect(texts.map((text) => JSON.parse(text).counted)).toEqual([1, 2, 2, 2]);
});
