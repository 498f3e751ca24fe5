import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import type { Json } from '../../lib/openai/json.ts';
import { toChatRequest } from '../../lib/openai/request.ts';
import { thrownBy } from '../support/bytes.ts';

const hello = { role: 'user', content: 'Hello' };
const least = { model: 'm', messages: [hello] };

const any: readonly Json[] = [0, 1, -1, 1.5, '', 'x', true, false, [], ['x'], {}, { x: 1 }];
const not = (fits: (value: Json) => boolean) => any.filter((value) => !fits(value));
const number = (value: Json) => typeof value === 'number';
const object = (value: Json) => typeof value === 'object' && !Array.isArray(value);
const integerFrom1 = (value: Json) => Number.isInteger(value) && Number(value) >= 1;

/** Each field with values it must not have. */
const wrong: Readonly<Record<string, readonly Json[]>> = {
  model: [...not((value) => typeof value === 'string' && value !== '')],
  messages: not(() => false).filter((value) => !(Array.isArray(value) && value.length === 1)),
  stream: not((value) => typeof value === 'boolean'),
  stream_options: not(object),
  max_tokens: [...not(integerFrom1), 2 ** 53, 1e300],
  max_completion_tokens: not(integerFrom1),
  n: not(integerFrom1),
  temperature: [...not((value) => number(value) && Number(value) >= 0), 2.001, '1'],
  top_p: [-0.1, 1.1, ...not(number)],
  presence_penalty: [-2.1, 2.1, ...not(number)],
  frequency_penalty: [-2.1, 2.1, ...not(number)],
  seed: not(number),
  stop: not((value) => typeof value === 'string' || Array.isArray(value)),
  tools: not(Array.isArray),
  tool_choice: not((value) => typeof value === 'string' || object(value)),
  parallel_tool_calls: not((value) => typeof value === 'boolean'),
  user: not((value) => typeof value === 'string'),
  safety_identifier: not((value) => typeof value === 'string'),
  metadata: not((value) => object(value) && Object.values(Object(value)).length === 0).filter(
    (value) => !object(value),
  ),
};

const table = Object.entries(wrong).flatMap(([field, values]) => values.map((value) => ({ field, value })));

describe('a request', () => {
  test.each(table)('whose $field is $value is refused by that name', ({ field, value }) => {
    expect(refusal({ ...least, [field]: value })).toMatchObject({
      code: 'invalid_request_error',
      details: { param: field },
      message: expect.stringMatching(new RegExp(`^${field} `)),
    });
  });

  test.each([
    [{ messages: ['x'] }, 'messages[0]'],
    [{ messages: [hello, {}] }, 'messages[1].role'],
    [{ messages: [hello, null] }, 'messages[1]'],
    [{ messages: [{ role: 'robot', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'toString', content: 'x' }] }, 'messages[0].role'],
    [{ messages: [{ role: 'user' }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: null }] }, 'messages[0].content'],
    [{ messages: [{ role: 'tool' }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: 7 }] }, 'messages[0].content'],
    [{ messages: [{ role: 'user', content: ['x'] }] }, 'messages[0].content[0]'],
    [{ messages: [{ role: 'user', content: [{ type: 'text', text: 'x' }, {}] }] }, 'messages[0].content[1].type'],
    [{ stream_options: { include_usage: 'yes' } }, 'stream_options.include_usage'],
    [{ stop: ['a', 1] }, 'stop[1]'],
    [{ tools: [{}] }, 'tools[0].type'],
    [{ tools: [{ type: 'function' }] }, 'tools[0].function'],
    [{ tools: [{ type: 'function', function: {} }] }, 'tools[0].function.name'],
    [{ response_format: {} }, 'response_format.type'],
    [{ metadata: { a: 1 } }, 'metadata.a'],
  ])('%j is refused at %s', (fields, param) => {
    expect(refusal({ ...least, ...fields })).toMatchObject({ code: 'invalid_request_error', details: { param } });
  });

  test.each(['model', 'messages'])('without %s is refused, and null is as good as nothing', (field) => {
    expect(refusal({ ...least, [field]: null })).toMatchObject({ details: { param: field } });
    expect(refusal(Object.fromEntries(Object.entries(least).filter(([name]) => name !== field)))).toMatchObject({
      details: { param: field },
    });
  });

  test.each([[[]], ['x'], [7], [null], [true]])('that is %j, not an object, is refused', (body) => {
    expect(refusal(body)).toMatchObject({ code: 'invalid_request_error' });
  });

  test('means by null that a field is not given', () => {
    const fields = Object.keys(wrong).filter((field) => !['model', 'messages'].includes(field));
    const body = { ...least, ...Object.fromEntries(fields.map((field) => [field, null])), response_format: null };
    expect(toChatRequest(body)).toEqual(body);
  });

  test('keeps the fields nobody knows, as they came', () => {
    const known = new Set([...Object.keys(wrong), 'response_format']);
    const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString'));
    const strangers = fc.array(
      fc.tuple(
        names.filter((name) => !known.has(name)),
        fc.jsonValue({ maxDepth: 3 }),
      ),
    );
    fc.assert(
      fc.property(strangers, (entries) => {
        const body = JSON.parse(JSON.stringify({ ...least, ...Object.fromEntries(entries) }));
        expect(JSON.stringify(toChatRequest(body))).toBe(JSON.stringify(body));
      }),
    );
  });

  test('takes an assistant without content, and content in parts of kinds nobody knows', () => {
    const messages = [
      { role: 'assistant', tool_calls: [] },
      { role: 'user', content: [{ type: 'hologram', beam: 1 }] },
      { role: 'developer', content: 'x', name: 'y' },
      { role: 'tool', content: '', tool_call_id: '1' },
    ];
    expect(toChatRequest({ model: 'm', messages }).messages).toEqual(messages);
    expect(toChatRequest({ ...least, tools: [{ type: 'web_search' }], tool_choice: { type: 'x' } })).toBeDefined();
  });

  test('of any JSON is read or refused as the caller’s mistake, never anything else', () => {
    const shaped = fc.record({ model: fc.jsonValue(), messages: fc.array(fc.jsonValue()), tools: fc.jsonValue() });
    fc.assert(
      fc.property(fc.oneof(fc.jsonValue(), shaped), (body) => {
        try {
          toChatRequest(JSON.parse(JSON.stringify(body)));
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
          expect(error).toMatchObject({ code: 'invalid_request_error' });
        }
      }),
    );
  });
});

const refusal = (body: Json) => thrownBy(() => toChatRequest(body));
