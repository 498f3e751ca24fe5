import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChatCompletion } from '../../lib/openai/answer.ts';
import { canonical } from '../../lib/openai/canonical.ts';
import { fold } from '../../lib/openai/fold.ts';
import type { Json } from '../../lib/openai/json.ts';
import { unfold } from '../../lib/openai/unfold.ts';

const text = fc.oneof(fc.string(), fc.lorem({ maxCount: 80 }), fc.string({ unit: 'grapheme', maxLength: 300 }));
const id = fc.string({ minLength: 1 });
const call = fc.oneof(
  fc.record(
    {
      id,
      type: fc.constant('function'),
      function: fc.record({ name: id, arguments: text, strict: fc.boolean() }, { requiredKeys: ['name', 'arguments'] }),
      extra_content: fc.record({ google: fc.record({ thought_signature: fc.string() }) }),
    },
    { requiredKeys: ['id', 'type', 'function'] },
  ),
  fc.record({ id, type: fc.constant('custom'), custom: fc.record({ name: id, input: text }) }),
);
const message = fc.record(
  {
    role: fc.constant('assistant' as const),
    content: fc.option(text),
    refusal: fc.option(text),
    reasoning_content: text,
    reasoning_details: fc.array(fc.record({ type: fc.string(), data: fc.string() }), { minLength: 1 }),
    tool_calls: fc.array(call, { minLength: 1, maxLength: 3 }),
    annotations: fc.array(fc.string()),
  },
  { requiredKeys: ['role', 'content', 'refusal'] },
);
const logprobs = fc.option(fc.record({ content: fc.array(fc.record({ token: fc.string() }), { minLength: 1 }) }));
const completion: fc.Arbitrary<ChatCompletion> = fc
  .record(
    {
      messages: fc.array(fc.record({ message, logprobs }), { minLength: 1, maxLength: 3 }),
      usage: fc.record({ prompt_tokens: fc.nat(), completion_tokens: fc.nat(), total_tokens: fc.nat() }),
      system_fingerprint: fc.string(),
      citations: fc.array(fc.webUrl()),
    },
    { requiredKeys: ['messages'] },
  )
  .map(({ messages, ...more }) => ({
    ...more,
    id: 'c',
    object: 'chat.completion',
    created: 1,
    model: 'm',
    choices: messages.map((each, index) => ({
      index,
      message:
        each.message.content === '' && each.message.tool_calls ? { ...each.message, content: null } : each.message,
      logprobs: each.logprobs,
      finish_reason: 'stop',
    })),
  }));

test('an answer that is streamed folds to what it was', async () => {
  await fc.assert(
    fc.asyncProperty(completion, async (whole) => {
      expect(await fold(unfold(whole))).toEqual(whole);
    }),
  );
});

test('no piece of a stream is long, and none parts a character', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 2_000 }), async (content) => {
      const choices = [
        { index: 0, message: { role: 'assistant' as const, content, refusal: null }, finish_reason: 'stop' as const },
      ];
      for await (const batch of unfold({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices }))
        for (const { delta } of batch.flatMap((chunk) => chunk.choices)) {
          expect((delta.content ?? '').length).toBeLessThanOrEqual(65);
          expect((delta.content ?? '').isWellFormed()).toBe(true);
        }
    }),
  );
});

const json = fc.jsonValue() as fc.Arbitrary<Json>;

test('two ways to write one JSON are one text, and two values are two', () => {
  const shuffled = (value: Json): Json => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(shuffled);
    return Object.fromEntries(
      Object.entries(value)
        .map(([name, each]) => [name, shuffled(each ?? null)] as const)
        .reverse(),
    );
  };
  fc.assert(
    fc.property(json, json, (one, other) => {
      expect(canonical(shuffled(one))).toBe(canonical(one));
      expect(JSON.parse(canonical(one))).toEqual(JSON.parse(JSON.stringify(one)));
      expect(canonical(one) === canonical(other)).toBe(
        JSON.stringify(one) === JSON.stringify(other) || same(one, other),
      );
    }),
  );
});

/** Equal but for the order of names; -0 is written 0. */
function same(one: Json, other: Json): boolean {
  try {
    expect(JSON.parse(JSON.stringify(one))).toEqual(JSON.parse(JSON.stringify(other)));
    return true;
  } catch {
    return false;
  }
}

test.each(['字', 'word '])('a very long text is a few hundred pieces, and cut in one go: of %j', async (each) => {
  const content = each.repeat(1_000_000);
  const message = { role: 'assistant', content, refusal: null } as const;
  const choices = [{ index: 0, message, finish_reason: 'stop' as const }];
  const pieces: string[] = [];
  for await (const batch of unfold({ id: 'c', object: 'chat.completion', created: 1, model: 'm', choices }))
    for (const chunk of batch) pieces.push(chunk.choices[0]?.delta.content ?? '');
  expect(pieces.join('')).toBe(content);
  expect(pieces.length).toBeLessThan(300);
});
