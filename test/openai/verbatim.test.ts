import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../lib/openai/json.ts';
import { readJson } from '../../lib/openai/read-json.ts';
import { written } from '../../lib/openai/verbatim.ts';

const FILL = 'x'.repeat(20_000);

type Read = JsonObject & { readonly messages: readonly Json[] };
const read = (text: string) => readJson(Buffer.from(text)) as Read;
/** A body as it is written, what fills it left out. */
const rewritten = (body: Read, came = body.messages) => emptied(String(written(body, came)));
const emptied = (text: string) => text.replaceAll(FILL, 'FILL');
const asRead = (body: Json) => JSON.parse(emptied(JSON.stringify(body)));

describe('a large request that is passed on', () => {
  test('has its messages in the words in which they came, and all else as it is now', () => {
    const message = '{ "role": "user",\n "content": "\\u00e9 1\\/2", "more": [true, {"a": null, "b": "-1"}] }';
    const body = read(`{"model":"m","messages":[${message},{"role":"user","content":"${FILL}"}],"n":1}`);
    const text = rewritten({ ...body, n: 2 });
    expect(text).toContain(message);
    expect(JSON.parse(text)).toEqual(asRead({ ...body, n: 2 }));
  });

  test('is written in bytes, whatever script it is in', () => {
    const messages = ['é', '語', '🙂', '\\ud800'].map((word) => `{"role":"user","content":"${word}${FILL}"}`);
    const body = read(`{"messages":[${messages.join()}]}`);
    expect(Buffer.isBuffer(written(body, body.messages))).toBe(true);
    expect(read(rewritten(body))).toEqual(asRead(body));
  });

  test('has what was changed on the way', () => {
    const body = read(`{"messages":[{"role":"user","content":"a"},{"role":"user","content":"${FILL}"}]}`);
    const [first, ...others] = body.messages;
    const changed = { ...body, messages: [{ ...Object(first), content: 'b' }, ...others] };
    expect(JSON.parse(rewritten(changed, body.messages))).toEqual(asRead(changed));
    const fewer = { ...body, messages: others };
    expect(JSON.parse(rewritten(fewer, body.messages))).toEqual(asRead(fewer));
  });

  // Who reads it next may take the first of two, and a guardrail has seen the last.
  test.each([
    '{"role":"user","content":"hidden","content":"seen"}',
    '{"role":"user","content":"hidden","c\\u006fntent":"seen"}',
    '{"role":"user","content":[{"type":"text","text":"hidden","text":"seen"}]}',
    '{"role":"user","content":{"text":"hidden"},"content":"seen"}',
    '{"role":"user","content":"seen","order":900719925474099301}',
    '{"role":"user","content":"seen","order":-1e999}',
    '{"role":"user","content":"seen","orders":[{"a":1.0}]}',
  ])('has no name twice, and no number that is not as it was read: %s', (message) => {
    const body = read(`{"messages":[${message},{"role":"user","content":"${FILL}"}]}`);
    expect(rewritten(body)).toBe(emptied(JSON.stringify(body)));
  });

  test.each([
    ['another list of messages before it', `{"messages":[{"role":"user","content":"hidden"}],"messages":[LAST]}`],
    ['the same under a name that is spelled otherwise', `{"messages":[LAST],"messag\\u0065s":[{"role":"user"}]}`],
    ['what is no list after it', `{"messages":[LAST],"messages":{"a":{"role":"user"}}}`],
    ['a list of them in something else', `{"a":{"messages":[{"role":"user"}]},"messages":[LAST]}`],
    ['their name as a value', `{"messages":[LAST],"model":"messages","b":[{"role":"user"}]}`],
    ['something else among them', `{"messages":[[{"role":"user"}],LAST,"a",{}]}`],
  ])('is read right with %s', (_, frame) => {
    const body = read(frame.replace('LAST', `{"role":"user","content":"${FILL}"}`));
    const { messages } = body;
    const same = Array.isArray(messages) ? rewritten(body) : JSON.stringify(body);
    expect(JSON.parse(same)).toEqual(Array.isArray(messages) ? asRead(body) : body);
    expect(same).not.toContain('hidden');
  });

  test('is the same to whoever reads it, however it was spelled', () => {
    const value = fc.jsonValue({ maxDepth: 3, noUnicodeString: false });
    const message = fc.dictionary(fc.constantFrom('role', 'content', 'a', '__proto__', '"', '\\', ':', '[{'), value);
    const anything = fc.record({ messages: fc.array(fc.oneof({ weight: 9, arbitrary: message }, value)), a: value });
    fc.assert(
      fc.property(anything, fc.nat(4), fc.boolean(), (sent, space, escaped) => {
        const text = JSON.stringify({ ...sent, fill: FILL }, null, space);
        const body = read(escaped ? text.replace(/[^\0-\x7f]/g, inEscapes) : text);
        expect(JSON.parse(rewritten(body))).toEqual(asRead(body));
      }),
    );
  });
});

test('a small request is written anew', () => {
  const body = read('{"messages":[{ "role":"user" }]}');
  expect(written(body, body.messages)).toBe('{"messages":[{"role":"user"}]}');
});

const inEscapes = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
