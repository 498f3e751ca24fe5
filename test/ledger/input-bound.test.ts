import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Fields } from '../../lib/ledger/ceiling-request.ts';
import { inputBound, toReading } from '../../lib/ledger/input-bound.ts';
import { carrying, unfolding } from '../../lib/openai/carried.ts';

const bound = (messages: readonly Fields[], others: Fields = {}, target = 'lab/model') =>
  inputBound(toReading({ messages, ...others }, unfolding()), target);
const said = (content: unknown): Fields => ({ role: 'user', content });

test('plain text is its bytes and 16 a message', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' })), (texts) => {
      const bytes = texts.reduce(
        (sum, text) => sum + Math.max(Buffer.byteLength(text), Buffer.byteLength(text.normalize('NFC'))),
        0,
      );
      expect(bound(texts.map(said))).toBe(bytes + 16 * texts.length);
      expect(bound(texts.map((text) => said([{ type: 'text', text }])))).toBe(bytes + 16 * texts.length);
    }),
  );
});

test('what composes to more bytes counts as composed', () => {
  expect(bound([said('\u0958')])).toBe(6 + 16);
});

test.each<[string, Fields]>([
  ['a name', { role: 'user', content: '', name: 'abcd' }],
  ['a refusal', { role: 'assistant', refusal: 'abcd' }],
  ['thoughts', { role: 'assistant', reasoning_content: 'abcd' }],
  ['a field nobody knows', { role: 'assistant', strange: 'abcd' }],
  ['an old call', { role: 'user', content: [{ type: 'refusal', refusal: 'abcd' }] }],
  ['a string among the parts', { role: 'user', content: ['abcd'] }],
])('%s is text', (_, message) => {
  expect(bound([message])).toBe(4 + 16);
});

test('calls, their arguments and their results are text, and bring the words about tools with them', () => {
  const call = { id: 'c1', type: 'function', function: { name: 'add', arguments: '{"a":1}' } };
  const history = [
    { role: 'assistant', content: null, tool_calls: [call] },
    { role: 'tool', tool_call_id: 'c1', content: '2' },
  ];
  expect(bound(history)).toBe(2 + 3 + 7 + 2 + 1 + 32 + 1024);
});

test('a number that may be written out again has room for its digits', () => {
  const call = (json: string) => ({ id: 'c', function: { name: 'f', arguments: json } });
  const asking = (json: string) => bound([{ role: 'assistant', tool_calls: [call(json)] }]);
  const [short, long] = ['{"a":[1e20,1e20]}', JSON.stringify({ a: [1e20, 1e20] })];
  expect(asking(short)).toBeGreaterThanOrEqual(asking(long));
});

test('thoughts folded into the id of a call count unfolded', () => {
  const text = Array.from({ length: 500 }, (_, at) => `step ${at}, `).join('');
  const id = carrying({ id: 'c1', thoughts: [{ writer: 'lab/model', text, signature: 'sealed' }] });
  expect(id.length).toBeLessThan(text.length);
  const calling = (callId: string) =>
    bound([{ role: 'assistant', tool_calls: [{ id: callId, function: { name: 'f' } }] }]);
  expect(calling(id)).toBe(calling('c1') + text.length + 'lab/model'.length + 'sealed'.length);
});

test('tools and schemas count as they are written', () => {
  const tools = [{ type: 'function', function: { name: 'add', description: 'Adds.' } }];
  expect(bound([said('')], { tools })).toBe(16 + JSON.stringify(tools).length + 1024);
  expect(bound([said('')], { tools }, 'openai/gpt-5.5')).toBe(16 + JSON.stringify(tools).length + 64);
  const response_format = { type: 'json_schema', json_schema: { name: 'a', schema: {} } };
  expect(bound([said('')], { response_format }, 'anthropic/claude-opus-4-7')).toBe(
    16 + JSON.stringify(response_format).length + 64 + 804,
  );
});

test('what is for the provider and not for the model is no prompt; what nobody knows may be', () => {
  const told = {
    model: 'm',
    user: 'u',
    metadata: { a: 'b' },
    stop: ['x'],
    seed: 1,
    prediction: { content: 'long' },
    store: null,
  };
  expect(bound([said('')], told)).toBe(16);
  expect(bound([said('')], { documents: ['abc'] })).toBe(16 + '["abc"]'.length);
});
