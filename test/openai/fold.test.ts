import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatChunk, ChatStream, ChunkChoice } from '../../lib/openai/answer.ts';
import { fold, openFolding } from '../../lib/openai/fold.ts';
import { computing } from '../support/computing.ts';

type Fields = Readonly<Record<string, unknown>>;

const chunkOf = (choice: Fields): ChatChunk => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta: {}, finish_reason: null, ...choice } as ChunkChoice],
});

/** The choice that a stream of such choices folds to. */
async function folded(...choices: readonly Fields[]) {
  async function* stream(): ChatStream {
    for (const choice of choices) yield [chunkOf(choice)];
    yield [chunkOf({ finish_reason: 'stop' })];
  }
  return (await fold(stream())).choices[0];
}
const message = async (...deltas: readonly Fields[]) => (await folded(...deltas.map((delta) => ({ delta }))))?.message;

describe('what comes in pieces under a name nobody knows', () => {
  test.each<readonly [string, readonly Fields[], Fields]>([
    [
      'a call as it was of old',
      [{ name: 'now', arguments: '' }, { arguments: '{"a"' }, { arguments: ':1}' }].map((each) => ({
        function_call: each,
      })),
      { function_call: { name: 'now', arguments: '{"a":1}' } },
    ],
    [
      'speech, whose id may be said each time',
      [
        { audio: { id: 'audio_1', transcript: 'one ' } },
        { audio: { id: 'audio_1', transcript: 'two ', data: 'AAAA' } },
        { audio: { transcript: 'three', data: 'BBBB' } },
        { audio: { expires_at: 1_800_000_000 } },
      ],
      { audio: { id: 'audio_1', transcript: 'one two three', data: 'AAAABBBB', expires_at: 1_800_000_000 } },
    ],
    [
      'text',
      [{ thinking: 'one ' }, { thinking: 'two ' }, { thinking: null }, { thinking: 'two ' }],
      { thinking: 'one two two ' },
    ],
    ['a list', [{ annotations: [1] }, { annotations: [] }, { annotations: [2, 3] }], { annotations: [1, 2, 3] }],
    [
      'a mark of the whole',
      [{ channel: 'analysis' }, { channel: 'analysis' }, { channel: '' }],
      { channel: 'analysis' },
    ],
    [
      'what is counted or true',
      [
        { seen: 1, safe: true },
        { seen: 2, safe: false },
      ],
      { seen: 2, safe: false },
    ],
    [
      'names that every object has',
      [{ toString: 'a' }, { toString: 'b', constructor: ['c'] }],
      { toString: 'ab', constructor: ['c'] },
    ],
  ])('%s is whole', async (_, deltas, whole) => {
    expect(await message(...deltas)).toMatchObject(whole);
  });

  test('is what it was before it was cut, wherever that is', async () => {
    const names = fc.constantFrom('transcript', 'data', 'thinking', '__proto__', 'toString', '');
    const { fields } = fc.letrec<{ fields: Fields; value: unknown }>((tie) => ({
      value: fc.oneof(
        { depthSize: 'small' },
        fc.string(),
        fc.array(fc.jsonValue({ maxDepth: 1 })),
        fc.integer(),
        fc.constant(null),
        tie('fields'),
      ),
      fields: fc.array(fc.tuple(names, tie('value')), { maxLength: 4 }).map((pairs) => Object.fromEntries(pairs)),
    }));
    await fc.assert(
      fc.asyncProperty(fields, fc.array(fc.nat(), { minLength: 1, maxLength: 6 }), async (whole, cuts) => {
        const pieces = cuts.reduce<readonly Fields[]>(
          (parts, at) => {
            const last = parts.at(-1) ?? {};
            return [...parts.slice(0, -1), ...parted(last, at)];
          },
          [whole],
        );
        const found = await message(...pieces.map((audio) => ({ audio })));
        expect(JSON.parse(JSON.stringify(found?.audio))).toEqual(JSON.parse(JSON.stringify(whole)));
      }),
    );
  });

  test('changes none of the chunks it came in', () => {
    const chunks = [chunkOf({ delta: { audio: { ids: [1] } } }), chunkOf({ delta: { audio: { ids: [2] } } })];
    const before = JSON.stringify(chunks);
    openFolding().add(chunks);
    expect(JSON.stringify(chunks)).toBe(before);
  });
});

/** Fields in two pieces: texts and lists are cut, and all else is in one of them. */
function parted(whole: Fields, at: number): readonly [Fields, Fields] {
  const pairs = Object.entries(whole).map(([name, value], turn) => {
    const [one, other] = halves(value, at + turn);
    return [one === undefined ? [] : [[name, one]], other === undefined ? [] : [[name, other]]] as const;
  });
  return [Object.fromEntries(pairs.flatMap(([one]) => one)), Object.fromEntries(pairs.flatMap(([, other]) => other))];
}

function halves(value: unknown, at: number): readonly [unknown, unknown] {
  if (typeof value === 'string') return [value.slice(0, at % (value.length + 1)), value.slice(at % (value.length + 1))];
  if (Array.isArray(value)) return [value.slice(0, at % (value.length + 1)), value.slice(at % (value.length + 1))];
  if (typeof value === 'object' && value !== null) return parted({ ...value }, at);
  return at % 2 === 0 ? [value, undefined] : [undefined, value];
}

test('what stands beside a delta is as it was said last, and an empty word takes nothing back', async () => {
  const safe = { hate: { filtered: false, severity: 'safe' } };
  const sources = { webSearchQueries: ['weather', 'weather today'] };
  const found = await folded(
    { content_filter_results: safe, native_finish_reason: 'end', groundingMetadata: { webSearchQueries: ['weather'] } },
    { content_filter_results: safe, native_finish_reason: 'end_turn', groundingMetadata: sources, token_ids: [1, 2] },
    { content_filter_results: {}, native_finish_reason: null, token_ids: [3] },
  );
  expect(found).toMatchObject({ content_filter_results: safe, native_finish_reason: 'end_turn' });
  expect(found).toMatchObject({ groundingMetadata: sources, token_ids: [1, 2, 3] });
});

test('forty thousand log probabilities are put together in one go', () => {
  const chunk = chunkOf({
    delta: { content: 'a' },
    logprobs: { content: [{ token: 'a', logprob: -1 }], refusal: null },
  });
  const tookMs = computing();
  const { add, soFar } = openFolding();
  for (let count = 0; count < 40_000; count++) add([chunk]);
  const [choice] = soFar().choices;
  expect(tookMs()).toBeLessThan(2_000); // a second time for each that comes, it was twenty seconds
  expect(choice?.logprobs?.content).toHaveLength(40_000);
  expect(choice?.logprobs?.refusal).toBeNull();
});
