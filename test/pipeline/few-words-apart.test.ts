import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fewWordsApart, tellingWords } from '../../lib/pipeline/few-words-apart.ts';

const apart = (one: string, other: string) => fewWordsApart(tellingWords(one), tellingWords(other));

describe('two questions are a few words apart', () => {
  test.each([
    ['when is anna on holiday', 'when is anne on holiday'],
    ['Is parking free for guests?', 'Is parking free for residents?'],
    ['How do I zoom in on the map?', 'How do I zoom out of the map?'],
    ['Which guests have paid?', 'Which guests have not paid?'],
    ['Can a cat eat a mouse?', 'Can a mouse eat a cat?'],
    ['Does stress cause headaches?', 'Do headaches cause stress?'],
    ['from phone to laptop', 'from laptop to phone'],
    ['What is it?', 'How are they?'],
    ['今天天气怎么样', '明天天气怎么样'],
  ])('where one word makes another question: %s | %s', (one, other) => {
    expect(apart(one, other)).toBe(true);
    expect(apart(other, one)).toBe(true);
  });

  test('in a long text, where it has been edited', () => {
    const text = Array.from({ length: 200 }, (_, at) => `w${at}`);
    const edited = text.with(20, 'x').with(90, 'y').with(150, 'z');
    expect(apart(text.join(' '), edited.join(' '))).toBe(true);
  });

  test('where any two words of a text have changed places, unless it is turned', () => {
    const words = fc.uniqueArray(fc.stringMatching(/^[k-q]{5,9}$/), { minLength: 4, maxLength: 60 });
    fc.assert(
      fc.property(words, fc.nat(), (text, where) => {
        const at = where % (text.length - 1);
        const swapped = text.with(at, text[at + 1] ?? '').with(at + 1, text[at] ?? '');
        expect(fewWordsApart(text, swapped)).toBe(true);
      }),
    );
  });
});

describe('they are not', () => {
  test.each([
    ['How do I track my parcel?', 'Where can I see the status of my shipment?'],
    ['How do I exit Vim?', 'Could you please tell me how I exit Vim? Thanks!'],
    ['In Rome, where can I eat cheap pizza?', 'Where can I eat cheap pizza in Rome?'],
    ['How do I sort lists?', 'how do i sort a list'],
  ])('where it is said anew, politely, or with a clause at the other end: %s | %s', (one, other) => {
    expect(apart(one, other)).toBe(false);
    expect(apart(other, one)).toBe(false);
  });

  test('where nothing differs of what it is about', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        expect(apart(`word ${text}`, `The word ${text}`)).toBe(false);
      }),
    );
  });
});

test.each(['a b ', 'x', 'word ', '1 '])('a megabyte of %j is compared in seconds', { timeout: 10_000 }, (scrap) => {
  const text = scrap.repeat(Math.ceil(1_000_000 / scrap.length));
  expect(apart(text, text)).toBe(false);
});
