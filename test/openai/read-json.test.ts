import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { readJson } from '../../lib/openai/read-json.ts';
import { thrownBy } from '../support/bytes.ts';
import { computing } from '../support/computing.ts';

const read = (text: string) => readJson(Buffer.from(text));
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('a body', () => {
  test('is read as the JSON it is, whatever it says', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 8 }), (value) => {
        expect(JSON.stringify(read(JSON.stringify(value)))).toBe(JSON.stringify(value));
      }),
    );
  });

  test.each([
    ['a lone continuation byte', [0x22, 0x80, 0x22]],
    ['an overlong slash', [0x22, 0xc0, 0xaf, 0x22]],
    ['half a character at its end', [0x22, 0xe2, 0x82]],
    ['a surrogate in UTF-8', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
  ])('with %s is not valid UTF-8', (_, bytes) => {
    const error = thrownBy(() => readJson(Uint8Array.from(bytes)));
    expect(error).toMatchObject({ code: 'invalid_request_error', message: 'The body is not valid UTF-8.' });
  });

  test('of any bytes is read or refused as the caller’s mistake, never anything else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        try {
          readJson(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(GatewayError);
          expect(error).toMatchObject({ code: 'invalid_request_error', status: 400, blame: 'caller' });
        }
      }),
    );
  });

  test.each(['', ' ', '{', '{"a":1,}', "{'a':1}", 'NaN', 'undefined', '{"a":1}{"b":2}', '"\u0000"', '01', '// x\n1'])(
    'that says %j is not valid JSON',
    (text) => {
      expect(thrownBy(() => read(text))).toMatchObject({
        code: 'invalid_request_error',
        message: 'The body is not valid JSON.',
      });
    },
  );

  test('may nest 128 levels below itself, and not one more', () => {
    expect(JSON.stringify(read(nested(129)))).toBe(nested(129));
    expect(thrownBy(() => read(nested(130)))).toMatchObject({
      code: 'invalid_request_error',
      message: expect.stringContaining('128'),
    });
    expect(JSON.stringify(read(`${'{"a":'.repeat(128)}{}${'}'.repeat(128)}`))).toHaveLength(128 * 6 + 2);
    expect(thrownBy(() => read(`${'{"a":'.repeat(129)}{}${'}'.repeat(129)}`))).toMatchObject({ status: 400 });
  });

  test('may have 250,000 names, objects and lists, and a million values, and not one more', () => {
    const lists = (count: number) => `[${Array(count).fill('[]').join()}]`;
    const names = (count: number) => `{${Array(count).fill('":{[":1').join()}}`;
    expect(read(lists(249_999))).toHaveLength(249_999);
    expect(read(names(249_999))).toEqual({ ':{[': 1 });
    for (const text of [lists(250_000), names(250_000)])
      expect(thrownBy(() => read(text))).toMatchObject({ status: 400, message: expect.stringContaining('250000') });
    const numbers = (count: number) => `[${Array(count).fill('1').join()}]`;
    expect(read(numbers(1_000_000))).toHaveLength(1_000_000);
    expect(thrownBy(() => read(numbers(1_000_001)))).toMatchObject({ status: 400 });
    expect(read(JSON.stringify(','.repeat(2_000_000)))).toHaveLength(2_000_000);
  });

  test.each([
    ['brackets that never close', '['.repeat(6 * 1024 * 1024)],
    ['brackets that close', nested(3 * 1024 * 1024)],
    ['objects in objects', `${'{"a":'.repeat(1024 * 1024)}1${'}'.repeat(1024 * 1024)}`],
  ])('of 6 MB of %s is refused, soon and without exhausting the stack', (_, text) => {
    const tookMs = computing();
    expect(thrownBy(() => read(text))).toMatchObject({ code: 'invalid_request_error', status: 400 });
    expect(tookMs()).toBeLessThan(5_000);
  });

  test('may be named like a prototype, and changes none', () => {
    const value = read('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"toString":1}');
    expect(Object.keys(Object(value))).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object(value).polluted).toBeUndefined();
    expect(Object({}).polluted).toBeUndefined();
    expect(JSON.stringify({ ...Object(value) })).toContain('"__proto__":{"polluted":true}');
  });

  test('that names a field twice means the last', () => {
    expect(read('{"model":"a","model":"b"}')).toEqual({ model: 'b' });
  });

  test('may hold half a surrogate pair, which leaves as it came', () => {
    expect(JSON.stringify(read('"\\ud83d x \\ude00"'))).toBe('"\\ud83d x \\ude00"');
    expect(read('"\\ud83d\\ude00"')).toBe('😀');
  });

  test('may begin with a byte order mark', () => {
    expect(read('\ufeff{"a":1}')).toEqual({ a: 1 });
  });
});
