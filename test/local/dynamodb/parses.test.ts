import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Parser, parseOnce } from '../../../lib/local/dynamodb/parses.ts';

const load = createRequire(import.meta.url);
const parserOf = (kind: string): Parser => load(`dynalite/db/${kind}Parser`);

const names = ['#a', '#b', '#c', 'plain', 'size', '#none'];
const values = [':s', ':n', ':l', ':set', ':none'];
const path = fc
  .array(fc.constantFrom(...names), { minLength: 1, maxLength: 2 })
  .chain((parts) => fc.constantFrom(parts.join('.'), `${parts.join('.')}[1]`));
const value = fc.constantFrom(...values);
const operand = fc.oneof(path, value);
const comparison = fc.tuple(operand, fc.constantFrom('=', '<=', '<>', '>'), operand).map((parts) => parts.join(' '));
const call = fc
  .tuple(
    fc.constantFrom(
      'attribute_exists',
      'attribute_not_exists',
      'contains',
      'begins_with',
      'attribute_type',
      'size',
      'x',
    ),
    fc.array(operand, { minLength: 1, maxLength: 2 }),
  )
  .map(([name, args]) => `${name}(${args.join(', ')})`);
const range = fc.tuple(path, operand, operand).map(([what, low, high]) => `${what} BETWEEN ${low} AND ${high}`);
const among = fc.tuple(path, operand, operand).map(([what, one, other]) => `${what} IN (${one}, ${other})`);
const clause = fc.oneof(comparison, comparison, call, range, among, fc.constantFrom('', '#a ='));
const condition = fc
  .tuple(clause, fc.constantFrom(' AND ', ' OR ', ' AND NOT '), clause, fc.boolean())
  .map(([one, word, other, alone]) => (alone ? one : `${one}${word}(${other})`));

const assignment = fc.tuple(
  path,
  fc.oneof(
    operand,
    fc.tuple(operand, operand).map(([x, y]) => `${x} + ${y}`),
  ),
);
const section = fc.oneof(
  assignment.map(([at, what]) => `SET ${at} = ${what}`),
  fc.tuple(path, path, value).map(([at, from, what]) => `SET ${at} = if_not_exists(${from}, ${what})`),
  fc.tuple(path, value, path, value).map(([x, v, y, w]) => `ADD ${x} ${v}, ${y} ${w}`),
  fc.tuple(path, value).map(([x, v]) => `DELETE ${x} ${v}`),
  path.map((at) => `REMOVE ${at}`),
);
const update = fc.array(section, { minLength: 1, maxLength: 2 }).map((sections) => sections.join(' '));

const attrName = fc.constantFrom('a', 'b', 'spent', 'pl', 'day.x', '#a', ':s', '__proto__', 'plain', 'size', '');
const attrNames = fc.option(fc.record({ '#a': attrName, '#b': attrName, '#c': attrName }, { requiredKeys: [] }), {
  nil: undefined,
});
const text = fc.constantFrom('S', 'N', 'x', 'zz', '#a');
const attrVals = fc.option(
  fc.record(
    {
      ':s': fc.record({ S: text }),
      ':n': fc.oneof(
        fc.nat().map((n) => ({ N: `${n}` })),
        fc.record({ S: text }),
      ),
      ':l': fc.oneof(fc.constant({ L: [{ S: 'x' }] }), fc.constant({}), fc.constant({ S: 'x', N: '1' })),
      ':set': fc.constant({ NS: ['1'] }),
    },
    { requiredKeys: [] },
  ),
  { nil: undefined },
);

const isReserved = (name: string) => name === 'size';
const { compare } = load('dynalite/db');

/** All that a parser tells of one: what it returns or throws, and which stand-ins are left. */
const told = ({ parse }: Parser, one: string, attrs: object | undefined, vals: object | undefined) => {
  const [unusedAttrNames, unusedAttrVals] = [{ ...attrs }, { ...vals }];
  const context = { attrNames: attrs, attrVals: vals, unusedAttrNames, unusedAttrVals, isReserved, compare };
  try {
    const tree = parse(one, { context } as unknown as Parameters<Parser['parse']>[1]);
    return { tree, unusedAttrNames, unusedAttrVals };
  } catch (error) {
    return { message: String(error), unusedAttrNames, unusedAttrVals };
  }
};

/** A parser that parses once, and how often it did. */
function counted(kind: string) {
  const parser = parserOf(kind);
  let asked = 0;
  const quick: Parser = {
    parse: (...expression) => {
      asked++;
      return parser.parse(...expression);
    },
  };
  parseOnce(quick);
  return { quick, count: () => asked };
}

describe.each([
  ['condition', condition],
  ['update', update],
] as const)('an expression that is a %s', (kind, expression) => {
  const parser = parserOf(kind);
  const { quick } = counted(kind);

  test('is parsed as if it never was before, whatever its stand-ins stand for', () => {
    let trees = 0;
    fc.assert(
      fc.property(expression, fc.array(fc.tuple(attrNames, attrVals), { minLength: 2, maxLength: 4 }), (one, those) => {
        for (const [attrs, vals] of those) {
          const expected = told(parser, one, attrs, vals);
          expect(told(quick, one, attrs, vals)).toStrictEqual(expected);
          if (typeof expected.tree === 'object') trees++;
        }
      }),
      { numRuns: 2_000 },
    );
    expect(trees).toBeGreaterThan(200);
  });

  test('gives every caller a tree of their own, with their own values in it', () => {
    const one = kind === 'condition' ? '#a <= :n' : 'SET #a = :n';
    const mine = { N: '1' };
    const first = told(quick, one, { '#a': 'mine' }, { ':n': mine });
    const second = told(quick, one, { '#a': 'theirs' }, { ':n': { N: '2' } });
    expect(JSON.stringify(first)).toContain('mine');
    expect(JSON.stringify(second)).toBe(JSON.stringify(first).replaceAll('mine', 'theirs').replaceAll('"1"', '"2"'));
    expect(
      Object.values(Object(first.tree))
        .flat()
        .some((each) => each === Object(second.tree)),
    ).toBe(false);
  });

  test('is not parsed again', () => {
    const one = kind === 'condition' ? 'attribute_not_exists(#a) AND #b <= :n' : 'ADD #a :n SET #b = :n';
    const { quick, count } = counted(kind);
    for (let i = 0; i < 5; i++) told(quick, one, { '#a': `a${i}`, '#b': `b${i}` }, { ':n': { N: `${i}` } });
    expect(count()).toBe(1);
  });
});

describe('an expression whose names or values make it another', () => {
  const v = { ':v': { N: '1' } };
  test.each([
    ['update', 'SET #a = :v, spent = :v', [{ '#a': 'other' }, v], [{ '#a': 'spent' }, v]],
    ['update', 'SET #a = :v, #b = :v', [{ '#a': 'x', '#b': 'y' }, v], [{ '#a': 'x', '#b': 'x' }, v]],
    ['update', 'SET #a = :v', [{ '#a': 'x' }, v], [{ '#a': '' }, v]],
    ['update', 'ADD #a :v', [{ '#a': 'x' }, v], [{ '#a': 'x' }, { ':v': { S: '1' } }]],
    ['condition', 'spent = #a', [{ '#a': 'other' }, {}], [{ '#a': 'spent' }, {}]],
    [
      'condition',
      'foo BETWEEN :l AND :h',
      [{}, { ':l': { S: 'a' }, ':h': { S: 'b' } }],
      [{}, { ':l': { S: 'b' }, ':h': { S: 'a' } }],
    ],
    [
      'condition',
      'attribute_type(#a, :v)',
      [{ '#a': 'x' }, { ':v': { S: 'N' } }],
      [{ '#a': 'x' }, { ':v': { S: '?' } }],
    ],
  ] as const)('%s: %s', (kind, expression, ...those: readonly (readonly [attrs: object, vals: object])[]) => {
    const parser = parserOf(kind);
    const quick = { parse: parser.parse };
    parseOnce(quick);
    const [one, other] = those.map(([attrs, vals]) => {
      const expected = told(parser, expression, attrs, vals);
      expect(told(quick, expression, attrs, vals)).toStrictEqual(expected);
      return typeof expected.tree;
    });
    expect([one, other]).toEqual(['object', 'string']); // the one is right, the other is refused
  });
});

test('a name that its stand-in is called after is no name that is written out', () => {
  const { quick, count } = counted('update');
  for (const until of [1, 2, 3])
    told(quick, 'SET #until = :until', { '#until': 'until' }, { ':until': { N: `${until}` } });
  expect(count()).toBe(1);
});

test('what is kept has an end, and what was let go is parsed again', () => {
  const { quick, count } = counted('condition');
  const ask = (one: number) =>
    told(quick, `#a = :v AND x${one}${'x'.repeat(4_000)} = :v`, { '#a': 'a' }, { ':v': { N: '1' } });
  for (let one = 0; one < 240; one++) ask(one);
  ask(239);
  expect(count()).toBe(240);
  for (let one = 240; one < 260; one++) ask(one);
  ask(0);
  expect(count()).toBe(261);
});
