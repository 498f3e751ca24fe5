import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toQuestions } from '../../lib/guardrails/questions.ts';

/** A text in which no character stands twice, so that a piece of it is in one place only. */
const textFrom = (start: number, length: number) =>
  Array.from({ length }, (_, at) => String.fromCharCode(0x4e00 + start + at)).join('');

test('any 200 characters of a text are whole in a question, and no question is longer than the most', () => {
  const cut = fc.record({ from: fc.nat(), length: fc.integer({ min: 1, max: 200 }) });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 2_000 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 400, max: 1_000 }),
      fc.array(cut, { minLength: 20, maxLength: 20 }),
      (lengths, most, cuts) => {
        const texts = lengths.map((length, at) => textFrom(at * 2_000, length));
        const questions = toQuestions(texts, most);
        expect(Math.max(...questions.map(({ length }) => length))).toBeLessThanOrEqual(most);
        for (const text of texts)
          for (const { from, length } of cuts) {
            const start = from % text.length;
            const piece = text.slice(start, start + length);
            expect(questions.some((question) => question.includes(piece))).toBe(true);
          }
      },
    ),
  );
});

test('short texts are one question, a line each, and as many as have room', () => {
  expect(toQuestions(['a', 'b', 'c'], 300)).toEqual(['a\nb\nc']);
  expect(toQuestions(['a'.repeat(200), 'b'.repeat(99), 'c'], 300)).toEqual([
    `${'a'.repeat(200)}\n${'b'.repeat(99)}`,
    'c',
  ]);
  expect(toQuestions([], 300)).toEqual([]);
});

test('a text of just the most is one question, and of one more is two that have 200 characters in common', () => {
  expect(toQuestions([textFrom(0, 500)], 500)).toEqual([textFrom(0, 500)]);
  expect(toQuestions([textFrom(0, 501)], 500)).toEqual([textFrom(0, 500), textFrom(300, 201)]);
});

test('a cut through a character in two halves leaves no half: not everybody who is asked can read one', () => {
  const halves = fc.constantFrom('😀', 'a', '\ud83d', '\ude00');
  fc.assert(
    fc.property(
      fc.array(halves, { minLength: 300, maxLength: 900 }),
      fc.integer({ min: 400, max: 460 }),
      (parts, most) => {
        const text = parts.join('');
        const questions = toQuestions([text], most);
        expect(questions.every((question) => question.isWellFormed() && question.length <= most)).toBe(true);
        expect(questions.join('')).toContain(
          text
            .toWellFormed()
            .slice(0, 200)
            .replace(/\ufffd$/, ''),
        );
      },
    ),
  );
});

test('letters that JSON has spelled by their numbers are asked as letters, too', () => {
  expect(toQuestions(['{"q":"\\u0066orbidden"}'], 500)).toEqual(['{"q":"\\u0066orbidden"}\n{"q":"forbidden"}']);
});

test('a text that is there twice is asked about once, and one without letters not at all', () => {
  expect(toQuestions(['a', ' \n', 'a'], 500)).toEqual(['a']);
});
