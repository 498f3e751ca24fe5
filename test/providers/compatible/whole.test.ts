import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../lib/errors.ts';
import { fromWhole } from '../../../lib/providers/compatible/whole.ts';
import { thrownBy } from '../../support/bytes.ts';
import { stamp, usage } from '../../support/compatible-stream.ts';

const read = (wire: unknown) =>
  fromWhole(typeof wire === 'string' ? wire : JSON.stringify(wire), { provider: 'lab', stamp });
const choice = { index: 0, message: { role: 'assistant', content: 'Hi', refusal: null }, finish_reason: 'stop' };
const complete = { id: 'v', object: 'chat.completion', created: 1, model: 'v', choices: [choice], usage };

describe("a vendor's whole answer", () => {
  test('passes untouched when it is as OpenAI writes it', () => {
    const more = { ...complete, system_fingerprint: 'fp', x_lab: { a: [1] } };
    expect(read(more)).toEqual(more);
  });

  test('gets the fields OpenAI promises where the vendor leaves them out', () => {
    expect(read({ choices: [{ message: {}, finish_reason: 'stop' }, { finish_reason: 'made_up' }] })).toEqual({
      ...stamp,
      object: 'chat.completion',
      choices: [
        { index: 0, message: { role: 'assistant', content: null, refusal: null }, finish_reason: 'stop' },
        {
          index: 1,
          message: { role: 'assistant', content: null, refusal: null },
          finish_reason: 'stop',
          native_finish_reason: 'made_up',
        },
      ],
    });
  });

  test('keeps tool calls, thoughts and all it holds besides', () => {
    const message = {
      role: 'assistant',
      content: null,
      refusal: null,
      tool_calls: [{ id: '1' }],
      reasoning_content: 'h',
    };
    const wire = { ...complete, choices: [{ ...choice, message, logprobs: {}, finish_reason: 'tool_calls' }] };
    expect(read(wire)).toEqual(wire);
  });

  test.each([[{}], [{ prompt_tokens: 1 }], [null], ['x'], [{ prompt_tokens: -1, completion_tokens: 1 }]])(
    'with a usage that is none (%j) has none',
    (wrong) => {
      expect(read({ ...complete, usage: wrong })).not.toHaveProperty('usage');
    },
  );

  test.each([
    ['no JSON', '<html>canary</html>', 'provider_error'],
    ['half of it', '{"choices":[{"message":{"content":"canary', 'provider_error'],
    ['nothing', '', 'provider_error'],
    ['a list', '[]', 'provider_error'],
    ['no choice', { ...complete, choices: [] }, 'provider_error'],
    ['an error', { error: { message: 'canary', code: 'overloaded' } }, 'provider_error'],
    ['an error beside an answer', { ...complete, error: 'canary' }, 'provider_error'],
    ['a choice without an end', { ...complete, choices: [{ ...choice, finish_reason: null }] }, 'provider_cut'],
    ['one of two without an end', { ...complete, choices: [choice, { ...choice, finish_reason: '' }] }, 'provider_cut'],
  ])('that is %s fails as the provider’s, without quoting it', (_, wire, code) => {
    const error = thrownBy(() => read(wire));
    expect(error).toMatchObject({ code, source: 'provider', blame: 'moment' });
    expect(String(error)).not.toContain('canary');
  });

  test('is whole when it says that there is no error', () => {
    expect(read({ ...complete, error: null }).choices).toEqual([choice]);
  });

  test('of any JSON is an answer or a failure of the provider, never a fault of ours', () => {
    const shaped = fc.record({
      choices: fc.array(fc.record({ message: fc.jsonValue(), finish_reason: fc.jsonValue() })),
    });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), shaped), (wire) => {
        try {
          const { choices } = read(wire);
          expect(choices.length).toBeGreaterThan(0);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
          expect(error).toMatchObject({ source: 'provider' });
        }
      }),
    );
  });

  test('too deep to be passed on is none, and as deep as any means it, it passes', () => {
    const nested = (levels: number) =>
      JSON.stringify({ ...complete, more: '§' }).replace('"§"', '['.repeat(levels) + ']'.repeat(levels));
    expect(JSON.stringify(read(nested(500)))).toHaveLength(nested(500).length);
    expect(thrownBy(() => read(nested(9_000)))).toMatchObject({ code: 'provider_error' });
  });

  test('may hold objects that cannot be made texts', () => {
    const odd = { toString: 1, valueOf: {} };
    expect(read({ ...complete, object: odd }).object).toBe('chat.completion');
    expect(
      read({ ...complete, choices: [{ ...choice, message: { content: odd } }] }).choices[0]?.message,
    ).toMatchObject({
      content: '',
      content_parts: [odd],
    });
  });

  test.each([
    ['without a choice', { ...complete, choices: [] }],
    ['without a finish', { ...complete, choices: [{ ...choice, finish_reason: null }] }],
  ])('%s is none, and what it counted is told all the same', (_, wire) => {
    const counts: unknown[] = [];
    const origin = { provider: 'lab', stamp, counted: (each: unknown) => void counts.push(each) };
    expect(thrownBy(() => fromWhole(JSON.stringify(wire), origin))).toMatchObject({ source: 'provider' });
    expect(counts).toEqual([usage]);
  });
});
