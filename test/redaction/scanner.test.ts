import { describe, expect, test } from 'vitest';
import { type Kind, kinds } from '../../lib/redaction/finding.ts';
import { masking } from '../../lib/redaction/masking.ts';
import { toScanner } from '../../lib/redaction/scanner.ts';
import { labelled } from './labelled/labelled.ts';
import { precision, recall, scores } from './labelled/scores.ts';

const scan = toScanner(kinds);
const masked = (text: string, ...some: readonly Kind[]) =>
  masking(some.length === 0 ? scan : toScanner(some)).hide(text);

/** What was measured, a little rounded down: precision and recall over each part of the set. */
const floors = {
  a: {
    email: [1, 1],
    phone: [0.97, 1],
    card: [1, 1],
    iban: [1, 1],
    'national-id': [0.96, 1],
    ip: [1, 1],
    secret: [1, 1],
  },
  b: {
    email: [0.96, 1],
    phone: [1, 0.96],
    card: [0.93, 1],
    iban: [1, 1],
    'national-id': [0.95, 1],
    ip: [1, 1],
    secret: [1, 0.96],
  },
} as const;

describe.each(['a', 'b'] as const)('over part %s of the labelled set', (part) => {
  test.each(scores(labelled(part), scan))('$kind is found as well as was measured', (score) => {
    const [least, most] = Object.entries(floors[part]).find(([kind]) => kind === score.kind)?.[1] ?? [1, 1];
    expect(precision(score), score.mistaken.join('\n')).toBeGreaterThanOrEqual(least);
    expect(recall(score), score.missed.join('\n')).toBeGreaterThanOrEqual(most);
  });
});

test('the set is of more than 500 lines, a part of which was written after the detectors', () => {
  expect(labelled('b').length).toBeGreaterThanOrEqual(150);
  expect(labelled('a').length + labelled('b').length).toBeGreaterThanOrEqual(500);
});

test('only the kinds asked for are found', () => {
  const text = 'ann@example.com 10.20.30.40 DE60980740187031021368';
  expect(masked(text, 'iban')).toBe('ann@example.com 10.20.30.40 [IBAN]');
  expect(masked(text, 'ip', 'email')).toBe('[EMAIL] [IP] DE60980740187031021368');
  expect(toScanner([])(text)).toEqual([]);
});

describe('a value is found', () => {
  test.each([
    ['in digits of another width', 'card ４２４１ ５９２０ ６６１１ ２５７１', 'card [CARD]'],
    ['in digits of another script', 'फ़ोन +९१ ९८७६५ ४३२१०', 'फ़ोन [PHONE]'],
    ['with what is not seen between its signs', 'a\u200bnn@exam\u00adple.com', '[EMAIL]'],
    ['with a joiner of letters between', 'a\u034fnn@example.com', '[EMAIL]'],
    ['with a selector of variants between', '4241\ufe005920\ufe0066112571', '[CARD]'],
    ['with a filler of another script between', 'ann\u3164@exam\u3164ple.com', '[EMAIL]'],
    ['with tags between', '4241\u{e0031}592066112571', '[CARD]'],
    ['with an accent of its own before the @', 'rene\u0301@example.com', '[EMAIL]'],
    ['in digits above the line', '⁴²⁴¹⁵⁹²⁰⁶⁶¹¹²⁵⁷¹', '[CARD]'],
    ['in digits in circles', '④②④①⑤⑨②⓪⑥⑥①①②⑤⑦①', '[CARD]'],
    ['before the number of a note', 'ann@example.com¹ 4241592066112571²³', '[EMAIL]¹ [CARD]²³'],
    ['with the dots of another script', 'ann@example。com 10。20。30。40', '[EMAIL] [IP]'],
    ['before such a dot', '电话是13800138000。1390', '电话是[PHONE]。1390'],
    ['in letters of mathematics', '𝐚𝐧𝐧@𝐞𝐱𝐚𝐦𝐩𝐥𝐞.𝐜𝐨𝐦', '[EMAIL]'],
    ['with other spaces between its groups', '4241\u00a05920\u202f6611\u20092571', '[CARD]'],
    ['with other dashes between its groups', '4241–5920–6611–2571', '[CARD]'],
    ['right after an escape of JSON', 'x\\nann@example.com\\t4241592066112571', 'x\\n[EMAIL]\\t[CARD]'],
    ['written with escapes', 'ann\\u0040example.com', '[EMAIL]'],
    ['in a URL', '?to=ann%40example.com&x=1', '?to=[EMAIL]&x=1'],
    ['beside an emoji, which stays whole', '😀ann@example.com😀', '😀[EMAIL]😀'],
    ['in a sentence without spaces', '电话是13800138000，谢谢', '电话是[PHONE]，谢谢'],
    ['beside another', '4241592066112571 4976335556187617', '[CARD] [CARD]'],
    ['in a list of JSON', '[4241592066112571,4976335556187617]', '["[CARD]","[CARD]"]'],
  ])('%s', (_, text, said) => {
    expect(masked(text)).toBe(said);
  });
});

test.each([...'-.,:;!?)]}\'"/\\_ '])('an address is found before %j', (sign) => {
  expect(masked(`to ann@example.com${sign}`)).toBe(`to [EMAIL]${sign}`);
  expect(masked(`to ann@example.com${sign}x`)).toMatch(/^to \[EMAIL\]/);
});

test('both ends of a range are addresses, and what a version goes on with is none', () => {
  expect(masked('10.20.30.1-10.20.30.99')).toBe('[IP]-[IP]');
  expect(masked('lib-10.20.30.1 and 10.20.30.1-beta')).toBe('lib-10.20.30.1 and 10.20.30.1-beta');
});

describe('a megabyte of what is hard to read is read to its end', () => {
  const units = [
    ...['a', '1', '@', 'a@', 'a@b.', '.a', "'a@", '=@', '1 ', '1.2.', '+1', '4111 ', '::', 'a:', '1::2 '],
    ...[
      '\\',
      '\\\\n',
      '%40',
      '-----BEGIN PRIVATE KEY-----',
      'sk-a',
      'eyJaaaaaaaaaa.eyJ',
      'xoxb-1a',
      'a://b:',
      'a://b:c@',
    ],
    ...[
      'https://hooks.slack.com/',
      'api_key = "',
      'bearer a1',
      'phone: 1',
      ';Pwd = ',
      'DE12 ',
      '1234567',
      'AAAAAA80A01',
    ],
    ...['\u200b', '４', '😀', '的1', '{"a":', '["[', '"\\"'],
  ];

  test.each(units)('%j', (unit) => {
    const text = unit.repeat(Math.ceil(2 ** 20 / unit.length));
    const said = masked(text);
    expect(said.length).toBeGreaterThan(0);
  });
});

describe('a request that takes too much work to look through is refused, and not looked through', () => {
  test.each(['4111 1111 1111 ', 'sk-', '10.1.1.1 ', '0 ', '(1)'])('%j', (unit) => {
    expect(() => masked(unit.repeat(5_900_000 / unit.length))).toThrow(
      expect.objectContaining({ code: 'request_too_large' }),
    );
  });

  test('many short texts', () => {
    const { hide } = masking(scan);
    expect(() => Array.from({ length: 1_000_000 }, () => hide('0 0 0 '))).toThrow('too much work');
  });

  test('a list of many strings that are JSON is looked through, where they hold nothing', () => {
    const list = `[${'"{}",'.repeat(600_000)}0]`;
    expect(masked(list)).toBe(list);
  });
});
