import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toChatRequest } from '../../../lib/openai/request.ts';
import { dialect, folded, type Piece, piece, targetOf } from './answers.ts';

type Kept = 'all' | 'standard fields';

/** The next request after an answer whose calls were made, as a client sends it that keeps so much of it. */
async function nextTurn(
  parts: readonly Piece[],
  { keeps, writer, reader }: { keeps: Kept; writer: string; reader: string },
) {
  const { choices } = await folded([piece(parts), piece([], { finishReason: 'STOP' })], writer);
  const { message } = choices[0] ?? { message: {} };
  const { role, content, tool_calls }: Piece = { ...message };
  const kept: Piece = keeps === 'all' ? { ...message } : { role, content, tool_calls };
  const results = ((tool_calls ?? []) as readonly { id: string }[]).map(({ id }) => ({
    role: 'tool',
    tool_call_id: id,
    content: 'ok',
  }));
  const body = { model: reader, messages: [{ role: 'user', content: 'Go.' }, kept, ...results] };
  const { outbound } = dialect.toProvider(toChatRequest(JSON.parse(JSON.stringify(body))), targetOf(reader));
  const { contents } = JSON.parse(String(outbound.body));
  return contents[1].parts as readonly Piece[];
}

const call = (name: string, thoughtSignature?: string): Piece => ({
  functionCall: { name, args: { a: 1 } },
  ...(thoughtSignature !== undefined && { thoughtSignature }),
});

describe('thought signatures', () => {
  test.each<Kept>(['all', 'standard fields'])(
    'return to the parts they came with when a client keeps %s',
    async (keeps) => {
      const parts = [{ text: 'Looking.', thoughtSignature: 'dGV4dA==' }, call('a', 'Zmlyc3Q='), call('b')];
      expect(await nextTurn(parts, { keeps, writer: 'gemini-3-pro-preview', reader: 'gemini-3-pro-preview' })).toEqual(
        parts,
      );
    },
  );

  test('survive whatever they are', async () => {
    const signature = fc.base64String({ minLength: 4, maxLength: 3000 });
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(signature), { minLength: 1, maxLength: 4 }), async (signatures) => {
        const parts = signatures.map((each, at) => call(`tool_${at}`, each ?? undefined));
        const model = 'gemini-2.5-pro';
        expect(await nextTurn(parts, { keeps: 'standard fields', writer: model, reader: model })).toEqual(parts);
      }),
      { numRuns: 50 },
    );
  });

  test('on an empty text return on the text before it, or on an empty one', async () => {
    const model = 'gemini-2.5-flash';
    const seal = { text: '', thoughtSignature: 'c2VhbA==' };
    expect(await nextTurn([{ text: 'Hello' }, seal], { keeps: 'all', writer: model, reader: model })).toEqual([
      { text: 'Hello', thoughtSignature: 'c2VhbA==' },
    ]);
    expect(await nextTurn([seal, call('a')], { keeps: 'standard fields', writer: model, reader: model })).toEqual([
      seal,
      call('a'),
    ]);
  });

  test('are read by the same model under its other names', async () => {
    const parts = [call('a', 'c2ln')];
    for (const reader of ['gemini-2.5-flash', 'gemini-2.5-flash-preview-09-2025', 'gemini-2.5-flash-001'])
      expect(await nextTurn(parts, { keeps: 'all', writer: 'gemini-2.5-flash', reader })).toEqual(parts);
  });

  test('never go to a model that did not write them', async () => {
    const parts = [{ text: 'Looking.', thoughtSignature: 'dGV4dA==' }, call('a', 'c2ln')];
    expect(await nextTurn(parts, { keeps: 'all', writer: 'gemini-2.5-pro', reader: 'gemini-2.5-flash' })).toEqual([
      { text: 'Looking.' },
      call('a'),
    ]);
  });

  test('from Gemini 3 on, have a stand-in on the first call of a step that has none', async () => {
    const parts = [call('a', 'c2ln'), call('b')];
    for (const reader of ['gemini-3-flash-preview', 'gemini-3.1-pro-preview', 'gemini-flash-latest'])
      expect(await nextTurn(parts, { keeps: 'all', writer: 'gemini-2.5-pro', reader })).toEqual([
        call('a', 'skip_thought_signature_validator'),
        call('b'),
      ]);
  });
});
