import assert from 'node:assert/strict';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseJson } from '../../lib/json-text.ts';
import { openSeries, type Parse } from '../../lib/openai/json-series.ts';

/** What stands between the quotes of a string, rightly or not. */
const plain = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 6 }).filter((each) => !/["\\]/.test(each)),
  fc.constantFrom('', ' ', 'a', '0', '\ud83d', '\u2028', '__proto__', '\n', '\0', '"', '","b":"', '":"', '"}'),
);
const escaped = fc.constantFrom('\\u00000', '\\u00001', '\\n', '\\"', '\\\\', '\\ud83d', '\\', '\\x', '\\u12');
const name = fc.constantFrom('a', 'b', '0', '__proto__', 'toString', '', '#', '\\n', '\\\\', '\\u00e9');
const scalar = fc.constantFrom('1', '-0', 'null', 'true', '1e999', '"c"', '"\\u00000"');
/** A JSON text with gaps where strings are: `#` in their names, which may stand twice in an object, and `%` in their values. */
const { gappy } = fc.letrec<{ gappy: string; list: string; object: string }>((tie) => ({
  gappy: fc.oneof({ maxDepth: 4 }, fc.constant('"%"'), scalar, tie('list'), tie('object')),
  list: fc.array(tie('gappy'), { maxLength: 3 }).map((each) => `[${each.join(',')}]`),
  object: fc
    .array(fc.tuple(name, fc.constantFrom('', ' '), tie('gappy')), { maxLength: 4 })
    .map((each) => `{${each.map(([name, space, text]) => `"${name}"${space}:${text}`).join(',')}}`),
}));
/** Texts in a row: most are the same but for their gaps, some are of another kind, and some break off. */
const series = fc.array(gappy, { minLength: 1, maxLength: 2 }).chain((kinds) =>
  fc.array(
    fc
      .record({
        kind: fc.constantFrom(...kinds),
        names: fc.array(plain, { minLength: 2, maxLength: 2 }),
        words: fc.array(fc.oneof(plain, escaped), { minLength: 4, maxLength: 4 }),
        cut: fc.constantFrom(0, 0, 0, 0, 1),
      })
      .map(({ kind, names, words, cut }) => {
        let at = 0;
        const text = kind.replaceAll(
          /[#%]/g,
          (gap) => (gap === '#' ? names : words)[at++ % (gap === '#' ? 2 : 4)] ?? '',
        );
        return text.slice(0, text.length - cut);
      }),
    { minLength: 28, maxLength: 50 },
  ),
);

const outcome = (parse: Parse, text: string) => {
  try {
    return { value: parse(text) };
  } catch (error) {
    return { failed: error instanceof SyntaxError };
  }
};

test('each text of a series is what it is alone, whatever came before it', () => {
  fc.assert(
    fc.property(series, (texts) => {
      const parse = openSeries();
      const read = texts.map((text) => frozen(outcome(parse, text)));
      const alone = texts.map((text) => outcome(parseJson, text));
      // At the end: none changes with one that comes after it.
      assert.deepStrictEqual(read, alone);
      expect(JSON.stringify(read)).toBe(JSON.stringify(alone)); // the order of their fields, too
    }),
    { numRuns: 3_000 },
  );
});

test('what recurs in a series is parsed once', () => {
  const parse = openSeries();
  for (let at = 0; at < 28; at++) parse(String(at)); // a short one is not worth it
  const chunk = (content: string, count: number) =>
    JSON.stringify({ choices: [{ delta: { content } }], like: { count } });
  const [, second, third, other] = [chunk('a', 1), chunk('b', 1), chunk('"c" \\', 1), chunk('d', 2)].map(parse);
  const likeOf = (value: unknown) => Object(value).like;
  parse(chunk('e', 1));
  expect(third).toEqual(JSON.parse(chunk('"c" \\', 1)));
  expect(likeOf(parse(chunk('f', 1)))).toBe(likeOf(third));
  expect(likeOf(other)).not.toBe(likeOf(third));
  expect(likeOf(second)).toEqual(likeOf(third));
});

/** Fails whoever would change it. */
function frozen<Value>(value: Value): Value {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(frozen);
  return value;
}
