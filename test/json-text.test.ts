import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseJson } from '../lib/json-text.ts';
import { failureOf } from './support/bytes.ts';

/** Texts that are one escape, or begin with one, and those that are spelled as an escape begins. */
const tricky = fc.constantFrom('\n', '\\', '"', '\t', 'é', '中', '\\u', '\\n', '中文', '\u0000', 'a', '__proto__', '0');
const name = fc.oneof(tricky, tricky, fc.string({ unit: 'binary' }));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, true, -0, 1e21, 0.5),
    fc.string({ unit: 'binary' }),
    tricky,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.array(fc.tuple(name, tie('value')), { maxLength: 5 }).map((entries) => {
      const fields = {};
      for (const [key, each] of entries)
        Object.defineProperty(fields, key, { value: each, enumerable: true, configurable: true, writable: true });
      return fields;
    }),
  ),
}));

/** As some clients write it: in ASCII, each other character as an escape. */
const inAscii = (text: string) =>
  text.replace(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);

describe('JSON is read as it is written', () => {
  test.each([
    ['{"x":1,"\\\\":2}', '{"x":1,"\\n":2}', ['x', '\n']],
    ['{"type":"a","\\\\u":2}', '{"type":"a","\\u4e2d\\u6587":2}', ['type', '中文']],
    ['{"description":"a","\\\\":2}', '{"description":"a","\\u4e2d" : 2}', ['description', '中']],
  ])('whatever was read before it: %s, then %s', (before, text, names) => {
    parseJson(before);
    expect(Object.keys(Object(parseJson(text)))).toEqual(names);
  });

  test('name by name, in any order and as deep as it goes', () => {
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1), fc.boolean(), (written, indent, ascii) => {
        const text = JSON.stringify(written, undefined, indent);
        // What is written again is what was read, but for -0, which is written as 0.
        expect(JSON.stringify(parseJson(ascii ? inAscii(text) : text), undefined, indent)).toBe(text);
      }),
      { numRuns: 3_000 },
    );
  });

  test('the last of two of one name counts, and stands where the first did', () => {
    expect(JSON.stringify(parseJson('{"\\n":1,"b":2,"\\u000a":3}'))).toBe('{"\\n":3,"b":2}');
  });

  test('deeper than any stack', () => {
    const levels = 200_000;
    let value = parseJson(`${'{"\\n":'.repeat(levels)}1${'}'.repeat(levels)}`);
    let depth = 0;
    for (; typeof value === 'object'; depth++) value = Object(value)['\n'];
    expect(depth).toBe(levels);
  });

  test.each(['', '{"\\n":}', '{"\\n":1', '["\\n":1]', '{"\\x":1}', '{"\\n":01}'])(
    'and not at all where it is none: %s',
    async (text) => {
      expect(await failureOf((async () => parseJson(text))())).toBeInstanceOf(SyntaxError);
    },
  );
});
