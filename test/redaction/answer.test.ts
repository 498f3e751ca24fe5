import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChatChunk, ChatCompletion, ChunkChoice } from '../../lib/openai/answer.ts';
import { fold } from '../../lib/openai/fold.ts';
import { restored, wayBack } from '../../lib/redaction/answer.ts';
import { kinds } from '../../lib/redaction/finding.ts';
import { toScanner } from '../../lib/redaction/scanner.ts';
import { restoredStream } from '../../lib/redaction/stream.ts';
import { openVault } from '../../lib/redaction/vault.ts';
import { planted } from '../support/planted.ts';

const scan = toScanner(kinds);
const key = `-----BEGIN PRIVATE KEY-----\n${'Ab3/'.repeat(16)}\n-----END PRIVATE KEY-----`;

function opened(...values: readonly string[]) {
  const vault = openVault({ scan, nonce: 'k3f9' });
  return { vault, said: values.map((value) => vault.hide(value)) };
}

const head = { id: 'c', object: 'chat.completion.chunk', created: 1, model: 'm' } as const;
const chunk = (...choices: readonly ChunkChoice[]): ChatChunk => ({ ...head, choices });
const piece = (
  delta: ChunkChoice['delta'],
  index = 0,
  finish_reason: ChunkChoice['finish_reason'] = null,
): ChunkChoice => ({
  index,
  delta,
  finish_reason,
});

async function* streamOf(...batches: readonly (readonly ChatChunk[])[]) {
  yield* batches;
}

async function chunksOf(stream: AsyncIterable<readonly ChatChunk[]>) {
  const all: ChatChunk[] = [];
  for await (const batch of stream) all.push(...batch);
  return all;
}

function completion(message: Record<string, unknown>, more: object = {}): ChatCompletion {
  return {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: null, refusal: null, ...message },
        finish_reason: 'stop',
        ...more,
      },
    ],
  };
}

describe('a whole answer', () => {
  const { vault, said } = opened('ann@example.com', key);
  const [email, secret] = said;

  test('has its values in text, thoughts and refusals, and escaped in arguments', () => {
    const answer = completion({
      content: `to ${email}`,
      refusal: `not ${email}`,
      reasoning_content: `hm, ${email}`,
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: `{"key":"${secret}"}` } }],
    });
    const [choice] = restored(answer, wayBack({}, vault)).choices;
    expect(choice?.message).toEqual({
      role: 'assistant',
      content: 'to ann@example.com',
      refusal: 'not ann@example.com',
      reasoning_content: 'hm, ann@example.com',
      tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: JSON.stringify({ key }) } }],
    });
  });

  test('that was asked for as JSON has its values escaped in its text', () => {
    const way = wayBack({ response_format: { type: 'json_schema' } }, vault);
    const content = restored(completion({ content: `{"key":"${secret}"}` }), way).choices[0]?.message.content;
    expect(JSON.parse(content ?? '')).toEqual({ key });
  });

  test('keeps signed thoughts as they were signed, and loses log probabilities', () => {
    const details = [{ type: 'reasoning.text', text: email, signature: 's' }];
    const logprobs = { content: [{ token: '[EMAIL' }] };
    const [choice] = restored(
      completion({ content: email, reasoning_details: details }, { logprobs }),
      wayBack({}, vault),
    ).choices;
    expect(choice).toMatchObject({
      logprobs: null,
      message: { content: 'ann@example.com', reasoning_details: details },
    });
  });

  test('to a request that held nothing is the very same', () => {
    const answer = completion({ content: 'x' }, { logprobs: { content: [] } });
    expect(restored(answer, wayBack({}, opened('nothing').vault))).toBe(answer);
  });
});

describe('a stream', () => {
  test('says what was held back before its choice ends', async () => {
    const { vault } = opened('ann@example.com');
    const stream = streamOf(
      [chunk(piece({ content: 'see [EMAIL_1' }))],
      [chunk(piece({ content: '_k3' }, 0, 'length'))],
    );
    const chunks = await chunksOf(restoredStream(stream, wayBack({}, vault)));
    expect(chunks.map(({ choices: [choice] }) => [choice?.delta.content, choice?.finish_reason])).toEqual([
      ['see ', null],
      ['', null],
      ['[EMAIL_1_k3', null],
      [undefined, 'length'],
    ]);
  });

  test('says what was held back of its thoughts before the content that follows them', async () => {
    const { vault, said } = opened('ann@example.com');
    const stream = streamOf([
      chunk(piece({ content: '', reasoning_content: `write to ${said[0]?.slice(0, 4)}` })),
      chunk(piece({ content: '', reasoning_content: `${said[0]?.slice(4)} [` })),
      chunk(piece({ content: 'Done.' })),
      chunk(piece({}, 0, 'stop')),
    ]);
    const chunks = await chunksOf(restoredStream(stream, wayBack({}, vault)));
    const spoken = chunks.flatMap(({ choices }) => choices.flatMap(({ delta }) => Object.entries(delta)));
    expect(spoken.filter(([, text]) => text !== '')).toEqual([
      ['reasoning_content', 'write to '],
      ['reasoning_content', 'ann@example.com '],
      ['reasoning_content', '['],
      ['content', 'Done.'],
    ]);
  });

  test('says what was held back at its end, should no finish come', async () => {
    const { vault } = opened('ann@example.com');
    const chunks = await chunksOf(restoredStream(streamOf([chunk(piece({ content: 'a [EM' }))]), wayBack({}, vault)));
    expect(chunks.map(({ choices: [choice] }) => choice?.delta.content)).toEqual(['a ', '[EM']);
  });

  test('to a request that held nothing passes as it is', async () => {
    const batch = [chunk({ ...piece({ content: 'a [EM' }), logprobs: { content: [] } })];
    for await (const said of restoredStream(streamOf(batch), wayBack({}, opened('nothing').vault)))
      expect(said).toBe(batch);
  });

  test('has its values whatever its chunks, choices and calls are', async () => {
    const text = fc
      .array(
        fc.oneof(
          fc.string({ maxLength: 8 }),
          planted.map(({ value }) => value),
        ),
        { maxLength: 4 },
      )
      .map((parts) => parts.join(' '));
    const spoken = fc.record({
      content: text,
      reasoning_content: text,
      refusal: text,
      // What begins as JSON within JSON is taken for it, be it none in the end: a stream cannot wait for that.
      calls: fc.array(
        text.filter((value) => !/^\s*[{[]/.test(value)),
        { maxLength: 3 },
      ),
    });
    const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.array(spoken, { minLength: 1, maxLength: 3 }), cuts, async (choices, lengths) => {
        const { vault } = opened('ann@example.com');
        const deltas = choices.flatMap(({ calls, ...fields }, index) => [
          ...Object.entries(fields).flatMap(([name, value]) =>
            cut(vault.hide(value), lengths).map((each) => piece({ [name]: each }, index)),
          ),
          ...calls.flatMap((value, at) =>
            cut(vault.hide(JSON.stringify({ value })), lengths).map((each) =>
              piece({ tool_calls: [{ index: at, function: { arguments: each } }] }, index),
            ),
          ),
        ]);
        const ends = choices.map((_, index) => chunk(piece({}, index, 'stop')));
        const stream = restoredStream(
          streamOf(
            deltas.map((each) => chunk(each)),
            ends,
          ),
          wayBack({}, vault),
        );
        const { choices: said } = await fold(stream);
        expect(said.map(({ message }) => message)).toMatchObject(
          choices.map(({ content, reasoning_content, refusal, calls }) => ({
            content: content === '' && calls.length > 0 ? null : content,
            reasoning_content,
            refusal,
            ...(calls.length > 0 && {
              tool_calls: calls.map((value) => ({ function: { arguments: JSON.stringify({ value }) } })),
            }),
          })),
        );
      }),
      { numRuns: 300 },
    );
  });
});

/** A text in pieces of such lengths; an empty one is one empty piece. */
function cut(text: string, lengths: readonly number[]): readonly string[] {
  const pieces: string[] = [];
  for (let from = 0, at = 0; from < text.length || at === 0; at++) {
    const length = lengths[at % lengths.length] ?? 1;
    pieces.push(text.slice(from, from + length));
    from += length;
  }
  return pieces;
}
