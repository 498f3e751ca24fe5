import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { literals } from '../../../lib/pipeline/cache/literals.ts';
import { computing } from '../../support/computing.ts';

const starts = ['how do', 'can', 'please tell me if', 'why would', 'is it so that'];
const plain = ['we', 'pay', 'the', 'invoice', 'of', 'our', 'friend', 'with', 'a', 'ticket', 'or', 'go', 'there'];
const exact = [
  '12',
  '5 mg',
  '$1,250.50',
  '30%',
  'https://example.com/7',
  '`x1`',
  '"so 4"',
  'page_3',
  'INV-2024',
  '12:30',
];
const people = ['Anna', 'Anne', 'Zoë', 'Björn', 'Łukasz', 'Иван', 'Ελένη', 'O’Brien', 'Jean-Luc', 'McCoy', 'NASA'];

/** Sentences that begin as sentences do. */
const sentence = fc
  .tuple(
    fc.constantFrom(...starts),
    fc.array(fc.constantFrom(...plain, ...exact, ...people), { minLength: 1, maxLength: 12 }),
  )
  .map(([start, words]) => [...start.split(' '), ...words]);

const said = (words: readonly string[]) => literals(words.join(' '));

describe('what must be the same to the letter', () => {
  test('another digit is another question, wherever it stands', () => {
    const scraps = fc.array(
      fc.constantFrom(...exact, ...plain, '.', ',', "'", '"', '`', '/', '-', '$', '@', '4', '7', 'é', '北', ' '),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          sentence.map((words) => words.join(' ')),
          scraps.map((all) => all.join('')),
        ),
        fc.nat(),
        fc.nat(8),
        (text, which, by) => {
          const digits = [...text.matchAll(/[0-9]/g)];
          fc.pre(digits.length > 0);
          const at = digits[which % digits.length]?.index ?? 0;
          const other = (Number(text[at]) + 1 + by) % 10;
          expect(literals(text.slice(0, at) + other + text.slice(at + 1))).not.toEqual(literals(text));
        },
      ),
    );
  });

  test('a negation more is another question', () => {
    const words = [
      'not',
      'no',
      'never',
      'without',
      'except',
      'unless',
      'neither',
      'cannot',
      "don't",
      'isn’t',
      'nicht',
      'kein',
      'ohne',
      'pas',
      'sans',
      'sin',
      'nunca',
      'não',
      'senza',
      'niet',
      'geen',
    ];
    fc.assert(
      fc.property(sentence, fc.constantFrom(...words), fc.nat(), (base, no, where) => {
        expect(said(base.toSpliced(1 + (where % base.length), 0, no))).not.toEqual(said(base));
      }),
    );
  });

  test('another name is another question, also at the beginning of one', () => {
    fc.assert(
      fc.property(
        sentence,
        fc.uniqueArray(fc.constantFrom(...people), { minLength: 2, maxLength: 2 }),
        fc.nat(),
        (base, [one = '', other = ''], where) => {
          const at = where % (base.length + 1);
          expect(said(base.toSpliced(at, 0, one))).not.toEqual(said(base.toSpliced(at, 0, other)));
        },
      ),
    );
  });

  test('two names that change places make another question', () => {
    expect(literals('Did Google buy YouTube?')).not.toEqual(literals('Did YouTube buy Google?'));
    expect(literals('From Paris to Tokyo')).not.toEqual(literals('From Tokyo to Paris'));
    expect(literals('from my phone to my laptop')).not.toEqual(literals('from my laptop to my phone'));
    expect(literals('Is it colder in Oslo than in Rome?')).not.toEqual(literals('Is it colder in Rome than in Oslo?'));
  });

  test('spaces, the case at the beginning and the punctuation at the end say nothing', () => {
    const space = fc.constantFrom(' ', '  ', '\t', '\n', ' \u00a0', '\r\n');
    const end = fc.constantFrom('', '.', '?', '!', '…', '?!', ' ?', '...', ' \n');
    fc.assert(
      fc.property(
        sentence,
        fc.array(space, { minLength: 20, maxLength: 20 }),
        end,
        fc.boolean(),
        (words, spaces, ends, upper) => {
          const [first = '', ...rest] = words;
          const cased = upper ? first.charAt(0).toUpperCase() + first.slice(1) : first;
          const text = [cased, ...rest].map((word, at) => (spaces[at] ?? ' ') + word).join('');
          expect(literals(text + ends)).toEqual(said(words));
        },
      ),
    );
  });

  test('any text at all has literals, in the same order each time', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.array(fc.integer({ min: 0, max: 0xffff })).map((units) => String.fromCharCode(...units)),
        ),
        (text) => {
          const found = literals(text);
          expect(found).toEqual([...found].sort());
          expect(literals(text)).toEqual(found);
        },
      ),
    );
  });
});

describe('questions that may have one answer', () => {
  test.each([
    ['Is 5mg enough?', 'Is 5 milligrams enough?'],
    ['I paid $1,000 for it', 'I paid 1000 dollars for it'],
    ['Are two people enough?', 'Are 2 people enough?'],
    ['Does it open on Sundays?', 'does it open on sunday'],
    ['The 5th of Jan', 'the 5 of January'],
    ["Why doesn't it start?", 'Why does it not start?'],
    ['Compare MySQL and Postgres', 'Compare Postgres and MySQL'],
    ['In Python, how do I parse JSON?', 'How do I parse JSON in Python?'],
    ['How do I turn off the alarm?', 'How do I disable the alarm?'],
    ['Can I merge PDFs?', 'can I merge a PDF?'],
    ['What is Anna’s address?', "what is Anna's address"],
    ['Good morning, which one is cheap?', 'which is cheap?'],
  ])('%s | %s', (one, other) => {
    expect(literals(one)).toEqual(literals(other));
  });
});

describe('questions that may not', () => {
  test.each([
    ['Is it 5 °C?', 'Is it -5 °C?'],
    ['Read a file in C', 'Read a file in C++'],
    ['what is 3 + 4', 'what is 3 * 4'],
    ['see config.yaml', 'see config.json'],
    ['look in src/a/b', 'look in src/a/c'],
    ['write to a@example.com', 'write to b@example.com'],
    ['what does `a` do', 'what does `b` do'],
    ['what does “affect” mean', 'what does “effect” mean'],
    ['call useEffect', 'call useLayoutEffect'],
    ['Anna is away', 'Anne is away'],
    ['salary per month', 'salary per year'],
    ['is it open on Monday', 'is it open on Friday'],
    ['the dose for adults', 'the dose for children'],
    ['when can I vote', 'where can I vote'],
    ['東京の天気は', '大阪の天気は'],
    ['מה השעה', 'מה היום'],
    ['run ```rm a``` now', 'run ```rm b``` now'],
    ['help at 9 am', 'help at 9 pm'],
  ])('%s | %s', (one, other) => {
    expect(literals(one)).not.toEqual(literals(other));
  });
});

describe('the time it takes', () => {
  const scraps = [
    'a',
    'A ',
    '`',
    '```',
    '"',
    "'",
    "'a",
    '“',
    '.',
    'a.',
    '@',
    'a@',
    '/',
    'a/',
    '1',
    '1,',
    '1:',
    '-',
    '-1',
    ' ',
    '\n',
    "n't",
    'http://',
    '<',
    '$',
    'to a ',
    'é',
    '\ud800',
    '北',
    'aA',
    '\u0301',
    'x_',
    'turn off ',
    '1 mg ',
  ];
  test.each(scraps)('a megabyte of %j is read in seconds', (scrap) => {
    const tookMs = computing();
    expect(literals(scrap.repeat(Math.ceil(1_000_000 / scrap.length)))).toBeInstanceOf(Array);
    expect(tookMs()).toBeLessThan(10_000);
  });
});
