import { describe, expect, test } from 'vitest';
import { jsonSchema } from '../../lib/config/json-schema.ts';
import { ConfigError, readConfig } from '../../lib/config/read.ts';
import { findProvider, providerProblems } from '../../lib/providers/index.ts';
import { thrownBy } from '../support/bytes.ts';

const read = (text: string) => readConfig(text, 'sluice.config.yaml', providerProblems);
const problems = (text: string) => {
  const error = thrownBy(() => read(text));
  expect(error).toBeInstanceOf(ConfigError);
  return error instanceof Error ? error.message.split('\n') : [];
};

const full = `models:
  fast: openai/gpt-5.5-mini
  support:
    inOrder:
      - { use: anthropic/claude-sonnet-4-6, tries: 2, timeouts: { firstTokenMs: 8000 } }
      - bedrock/us.anthropic.claude-sonnet-4-6
      - fast
    timeouts: { connectMs: 500, betweenTokensMs: 20000, callMs: 60000 }
    larger: gemini/gemini-2.5-pro
  trial:
    split:
      - { share: 94.5, use: support }
      - { share: 5.5, use: { inOrder: [groq/m, together/m] }, tries: 1 }
  never: { split: [{ share: 0, use: groq/m }, { share: 100, use: fast }] }
`;

describe('routes', () => {
  test('are kept as they are written', () => {
    expect(read(full).models).toEqual({
      fast: 'openai/gpt-5.5-mini',
      support: {
        inOrder: [
          { use: 'anthropic/claude-sonnet-4-6', tries: 2, timeouts: { firstTokenMs: 8_000 } },
          'bedrock/us.anthropic.claude-sonnet-4-6',
          'fast',
        ],
        timeouts: { connectMs: 500, betweenTokensMs: 20_000, callMs: 60_000 },
        larger: 'gemini/gemini-2.5-pro',
      },
      trial: {
        split: [
          { share: 94.5, use: 'support' },
          { share: 5.5, use: { inOrder: ['groq/m', 'together/m'] }, tries: 1 },
        ],
      },
      never: {
        split: [
          { share: 0, use: 'groq/m' },
          { share: 100, use: 'fast' },
        ],
      },
    });
  });

  test.each([
    ['3 × 33.333…', [33.3333333333, 33.3333333333, 33.3333333334]],
    ['in tenths', [0.1, 0.2, 99.7]],
    ['ten tens', Array(10).fill(10)],
  ])('may be split into shares that make a hundred in fractions: %s', (_, shares) => {
    const split = shares.map((share: number) => ({ share, use: 'openai/gpt-4o' }));
    expect(read(JSON.stringify({ models: { trial: { split } } })).models.trial).toEqual({ split });
  });

  test.each([
    [
      'shares that make less than a hundred',
      'models:\n  trial:\n    split:\n      - { share: 90, use: a/1 }\n      - { share: 5, use: b/1 }',
      'sluice.config.yaml:3: models.trial.split has shares that make 95: they must make 100',
    ],
    [
      'shares that make more than a hundred, deep inside',
      'models:\n  trial:\n    inOrder:\n      - a/1\n      - split:\n          - { share: 90, use: a/1 }\n          - { share: 15, use: b/1 }',
      'sluice.config.yaml:5: models.trial.inOrder.1.split has shares that make 105: they must make 100',
    ],
    [
      'a name that leads nowhere',
      'models:\n  fast:\n    inOrder:\n      - a/1\n      - slow',
      'sluice.config.yaml:3: models.fast.inOrder.1 leads to "slow", which is neither provider/model nor a name under models',
    ],
    [
      'an alias that leads nowhere',
      'models:\n  fast: slow',
      'sluice.config.yaml:2: models.fast leads to "slow", which is neither provider/model nor a name under models',
    ],
    [
      'a larger that leads nowhere',
      'models:\n  fast:\n    use: a/1\n    larger: huge',
      'sluice.config.yaml:4: models.fast.larger leads to "huge", which is neither provider/model nor a name under models',
    ],
    [
      'what every object inherits',
      'models:\n  fast: constructor',
      'sluice.config.yaml:2: models.fast leads to "constructor", which is neither provider/model nor a name under models',
    ],
  ])('with %s are refused with the line and the field', (_, text, said) => {
    expect(problems(text)).toEqual([said]);
  });

  test.each([
    ['to itself', 'models:\n  a: a', ['a']],
    [
      'to itself from deep inside',
      'models:\n  a: { inOrder: [x/1, { use: { split: [{ share: 100, use: a }] } }] }',
      ['a'],
    ],
    ['round and round', 'models:\n  a: b\n  b: { use: c }\n  c: { use: x/1, larger: a }', ['a', 'b', 'c']],
    ['into a circle it is no part of', 'models:\n  a: b\n  b: c\n  c: b', ['a', 'b', 'c']],
  ])('that lead %s are refused, not walked', (_, text, names) => {
    expect(problems(text).map((line) => line.replace(/^sluice\.config\.yaml:\d+: /, ''))).toEqual(
      names.map((name) => `models.${name} leads back to itself`),
    );
  });

  test('count the tries that are nearest to a call, not all those around it', () => {
    const leaf = '{ use: groq/m, tries: 5 }';
    const text = `models:\n  a: { tries: 5, inOrder: [${leaf}, ${leaf}, ${leaf}] }`; // 15 calls, not 75
    expect(Object.keys(read(text).models)).toEqual(['a']);
    expect(
      problems('models:\n  a: { tries: 5, inOrder: [b, b] }\n  b: { inOrder: [c, c, c, c, c, c, c] }\n  c: groq/m'),
    ).toEqual([expect.stringContaining('models.a makes a plan of 70 calls: at most 64')]);
  });

  test('that make a plan of more calls than anybody waits for are refused, however many that are, and at once', () => {
    const name = (level: number) => `level${level}`;
    const wide = (level: number) =>
      `  ${name(level)}: { inOrder: [${Array(16)
        .fill(name(level + 1))
        .join(', ')}] }`;
    const levels = Array.from({ length: 12 }, (_, level) => wide(level));
    const told = problems(['models:', ...levels, `  ${name(12)}: groq/openai/gpt-oss-120b`].join('\n'));
    expect(told.at(-1)).toContain('models.level10 makes a plan of 256 calls: at most 64');
    expect(told).toHaveLength(11);
  });

  test('that lead to one another along several ways are no circle', () => {
    const text = 'models:\n  a: { inOrder: [b, c] }\n  b: { use: d, larger: c }\n  c: d\n  d: groq/m';
    expect(Object.keys(read(text).models)).toEqual(['a', 'b', 'c', 'd']);
  });

  test.each([
    ['use: a/1\n    retries: 3', /:4: models\.m\.retries is not a field/],
    ['inOrder: [a/1]\n    timeout: 3', /:4: models\.m\.timeout is not a field/],
    ['use: a/1\n    timeouts:\n      firstToken: 3', /:5: models\.m\.timeouts\.firstToken is not a field/],
    ['use: a/1\n    timeouts:\n      callMs: 0', /:5: models\.m\.timeouts\.callMs /],
    ['use: a/1\n    timeouts:\n      callMs: 900001', /:5: models\.m\.timeouts\.callMs /],
    ['use: a/1\n    timeouts:\n      callMs: 1.5', /:5: models\.m\.timeouts\.callMs /],
    ['use: a/1\n    tries: 0', /:4: models\.m\.tries /],
    ['use: a/1\n    tries: 6', /:4: models\.m\.tries /],
    ['use: a/1\n    larger: {}', /:4: models\.m\.larger/],
    ['use: a/1\n    share: 5', /:4: models\.m\.share is not a field/],
    ['inOrder: []', /:3: models\.m\.inOrder /],
    ['inOrder: a/1', /:3: models\.m\.inOrder /],
    ['split: []', /:3: models\.m\.split /],
    ['split: [{ use: a/1 }]', /:3: models\.m\.split\.0\.share /],
    ['split: [{ share: 100 }]', /:3: models\.m\.split\.0\.use /],
    ['split: [{ share: -1, use: a/1 }, { share: 101, use: b/1 }]', /:3: models\.m\.split\.0\.share /],
    ['split: [{ share: "100", use: a/1 }]', /:3: models\.m\.split\.0\.share /],
    ['inOrder:\n      - a/1\n      - { use: b/1, retries: 2 }', /:\d: models\.m\.inOrder\.1\.retries is not a field/],
    ['use: a/1\n    inOrder: [b/1]', /:\d: models\.m\b/],
    ['use: "a b"', /:3: models\.m\.use must be provider\/model, or the name of another route/],
    ['use: 7', /:3: models\.m\.use must be provider\/model, the name of another route, or a map/],
  ])('that say what they cannot mean are refused with the line and the field: %j', (text, said) => {
    const told = problems(`models:\n  m:\n    ${text}`);
    expect(told[0]).toMatch(said);
  });

  test.each([
    ['a name with a slash', 'models:\n  a/b: x/1', /:2: models\.a\/b must be a name without a slash/],
    ['a route of nothing', 'models:\n  a:', /:2: models\.a /],
    ['a route that is a list', 'models:\n  a: [x/1]', /:2: models\.a /],
    [
      'a provider nobody knows',
      'models:\n  a:\n    inOrder: [groq/m, lab/m]',
      /:3: models\.a.* leads to "lab", which is no provider/,
    ],
    ['a fallback nobody knows', 'defaults:\n  fallback: some', /:2: defaults\.fallback /],
  ])('refuse %s', (_, text, said) => {
    expect(problems(text)[0]).toMatch(said);
  });
});

describe('a provider', () => {
  test('that is off stays off, whatever else would switch it on', () => {
    const config = read('providers: { groq: off, openai: {} }');
    expect([config.off, Object.keys(config.providers)]).toEqual([['groq'], ['openai']]);
    expect(findProvider('groq', config)).toBeUndefined();
    expect(findProvider('openai', config)).toBeDefined();
  });

  test.each(['on', 'no', '"OFF"', 'false', '[]'])('is off by that word only, not by %s', (word) => {
    expect(problems(`providers:\n  groq: ${word}`)[0]).toMatch(
      /:2: providers\.groq must be a map of its settings, or off/,
    );
  });
});

test('what follows a model that has no route is said once for all', () => {
  expect(read('defaults: { fallback: none }').fallback).toBe('none');
  expect(read('defaults: { fallback: equivalents }').fallback).toBe('equivalents');
  expect('fallback' in read('defaults: {}')).toBe(false);
});

test('an editor completes routes by the schema', () => {
  const schema = JSON.stringify(jsonSchema());
  for (const field of ['inOrder', 'split', 'share', 'use', 'tries', 'larger', 'timeouts'])
    expect(schema).toContain(`"${field}"`);
  for (const field of ['connectMs', 'firstTokenMs', 'betweenTokensMs', 'callMs'])
    expect(schema).toContain(`"${field}":{"type":"integer","minimum":1,"maximum":900000}`);
  expect(jsonSchema()).toMatchObject({
    properties: {
      models: { type: 'object' },
      defaults: { properties: { fallback: { enum: ['equivalents', 'none'] } } },
    },
  });
});
