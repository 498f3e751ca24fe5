import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fewWordsApart } from '../../../lib/pipeline/cache/few-words-apart.ts';
import { marked, questionWords } from '../../../lib/pipeline/cache/question-words.ts';
import { computing } from '../../support/computing.ts';

const apart = (one: string, other: string) => fewWordsApart(questionWords(one), questionWords(other));

describe('two questions are a few words apart', () => {
  test.each([
    ['when is anna on holiday', 'when is anne on holiday'],
    ['Is parking free for guests?', 'Is parking free for residents?'],
    ['How do I zoom in on the map?', 'How do I zoom out of the map?'],
    ['Which guests have paid?', 'Which guests have not paid?'],
    ['Can a cat eat a mouse?', 'Can a mouse eat a cat?'],
    ['Does stress cause headaches?', 'Do headaches cause stress?'],
    ['from phone to laptop', 'from laptop to phone'],
    ['cheap hotels rome', 'rome cheap hotels'],
    ['What is it?', 'How are they?'],
    ['今天天气怎么样', '明天天气怎么样'],
    ['Den Hund beißt der Mann', 'Der Hund beißt den Mann'],
    ['Why do few people vote?', 'Why do a few people vote?'],
    ['What does 😀 mean?', 'What does 😢 mean?'],
    ['what does ; mean', 'what does : mean'],
    ['Explain a & b', 'Explain a @ b'],
    ['Can hamsters eat hay?', 'Can hamsters eat?'],
    ['who is brad pitt', 'who is tom hanks'],
    ['which wine goes with grilled salmon', 'which wine goes with roast beef'],
    ['How do I say thanks?', 'How do I say hello?'],
  ])('where a word or two make another question: %s | %s', (one, other) => {
    expect(apart(one, other)).toBe(true);
    expect(apart(other, one)).toBe(true);
  });

  test.each([
    ['What time do trains leave to Berlin?', 'What time do trains leave from Berlin?'],
    ['Should I wash rice before cooking?', 'Must I wash rice before cooking?'],
    ['Did Germany attack Poland?', 'Was Germany attacked by Poland?'],
    ['Do I need forms A and B?', 'Do I need forms A or B?'],
    ['Who is the CEO of Apple?', 'Who was the CEO of Apple?'],
    ['Do you owe me money?', 'Do I owe you money?'],
    ['Can I see her location?', 'Can she see my location?'],
    ['Vuelos a Madrid', 'Vuelos de Madrid'],
    ['Darf ich hier parken?', 'Muss ich hier parken?'],
  ])('where only words differ that hold a sentence together: %s | %s', (one, other) => {
    expect(apart(one, other)).toBe(true);
    expect(apart(other, one)).toBe(true);
  });

  test('in a long text, where it has been edited, or where it is an instruction with another text', () => {
    const text = Array.from({ length: 200 }, (_, at) => `w${at}`);
    const edited = text.with(20, 'x').with(90, 'y').with(150, 'z');
    expect(apart(text.join(' '), edited.join(' '))).toBe(true);
    const texts = ['v', 'x'].map((letter) => Array.from({ length: 199 }, (_, at) => `${letter}${at}`));
    const [one = '', other = ''] = texts.map((each) => [...text, ...each].join(' '));
    expect(apart(one, other)).toBe(true);
  });

  test('where any word is exchanged, added or left out', () => {
    const word = fc.constantFrom('to', 'from', 'is', 'was', 'can', 'must', 'i', 'you', 'and', 'or', 'berlin', 'train');
    const question = fc.array(word, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(question, word, fc.nat(), fc.nat(1), (words, another, where, drop) => {
        const at = where % words.length;
        const changed = words.toSpliced(at, drop, another);
        fc.pre(changed.join(' ') !== words.join(' '));
        expect(apart(words.join(' '), changed.join(' '))).toBe(true);
        expect(apart(words.join(' '), words.toSpliced(at, 1).join(' '))).toBe(true);
      }),
    );
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
    ['How do I read a file line by line in Go?', 'How can I go through the lines of a file in Go?'],
    ['What is the best time to visit Iceland?', 'Which season is ideal for a trip to Iceland?'],
    ['Who is responsible for payroll?', 'Hi, could you tell me who is responsible for payroll? Thank you!'],
    ['Where can I park?', 'Sorry to bother you, where can I park, please?'],
    ['Où est mon colis ?', 'Bonjour, où est mon colis ? Merci !'],
    ['In Rome, where can I eat cheap pizza?', 'Where can I eat cheap pizza in Rome?'],
    ['If it rains, is the tour cancelled?', 'Is the tour cancelled if it rains?'],
    ["What's the capital of Peru?", 'what is capital of peru'],
    ["Why doesn't it start?", 'Why does not it start'],
  ])('where it is said anew, politely, or with a clause at the other end: %s | %s', (one, other) => {
    expect(apart(one, other)).toBe(false);
    expect(apart(other, one)).toBe(false);
  });

  test('where nothing differs but an article', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 100 }), (text) => {
        expect(apart(`word ${text}`, `The word ${text}`)).toBe(false);
      }),
    );
  });
});

test('marks stand for words: which of them tell something is still to be seen, and nothing else is', () => {
  const mark = (word: string) =>
    marked(word, String([...word].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7)));
  const word = fc.constantFrom(
    'to',
    'from',
    'is',
    'i',
    'in',
    'berlin',
    'train',
    'money',
    'paris',
    'wine',
    'late',
    'bus',
  );
  const question = fc.array(word, { maxLength: 12 }).map((words) => questionWords(words.join(' ')));
  fc.assert(
    fc.property(question, question, (one, other) => {
      expect(fewWordsApart(one.map(mark), other.map(mark))).toBe(fewWordsApart(one, other));
    }),
  );
});

const scraps = ['a b ', 'x', 'word ', '1 ', "n't", "'s ", ' please', '. ', '- ', 'hi, ', 'can you ', 'if '];
test.each(scraps)('the words of a megabyte of %j are told in seconds', (scrap) => {
  const tookMs = computing();
  expect(questionWords(scrap.repeat(Math.ceil(1_000_000 / scrap.length)))).toBeInstanceOf(Array);
  expect(tookMs()).toBeLessThan(10_000);
});

test('four hundred words are compared at once, also where each place looks like the beginning', () => {
  const words = [...Array<string>(399).fill('.if'), 'x'];
  const tookMs = computing();
  for (let times = 0; times < 10; times++) expect(fewWordsApart(words, words.toReversed())).toBe(true);
  expect(tookMs()).toBeLessThan(1_000);
});
