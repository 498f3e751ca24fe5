import { describe, expect, test } from 'vitest';
import { toRates } from '../../lib/catalog/price.ts';
import { emptyConfig, usualLedger } from '../../lib/config/config.ts';
import { ConfigError, readConfig } from '../../lib/config/read.ts';
import { providerProblems } from '../../lib/providers/index.ts';
import { thrownBy } from '../support/bytes.ts';

const read = (text: string) => readConfig(text, 'sluice.config.yaml', providerProblems);
const problems = (text: string) => {
  const error = thrownBy(() => read(text));
  expect(error).toBeInstanceOf(ConfigError);
  return error instanceof Error ? error.message.split('\n') : [];
};

const full = `# what we call
providers:
  openai: { credential: secret:sluice/openai }
  lab:
    kind: openai-compatible
    baseUrl: https://lab.example/v1//
    credential: env:LAB_KEY
  near: { kind: openai-compatible, baseUrl: "http://127.0.0.1:8000/v1", allowPrivate: true }
prices:
  lab/*: { input: 0.2, output: 0.6, cacheRead: 0.02 }
  "near/*": { input: 0, output: 1e-6, cacheWrite: 3.75 }
`;

describe('a configuration', () => {
  test('is read as it is written, in whole micro-dollars, and with what is left out', () => {
    expect(read(full)).toEqual({
      providers: {
        openai: { credential: 'secret:sluice/openai' },
        lab: { kind: 'openai-compatible', baseUrl: 'https://lab.example/v1', credential: 'env:LAB_KEY' },
        near: { kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8000/v1', allowPrivate: true },
      },
      prices: {
        'lab/*': toRates({ input: 200_000, output: 600_000, cacheRead: 20_000, cacheWrite: 200_000 }),
        'near/*': toRates({ input: 0, output: 1, cacheRead: 0, cacheWrite: 3_750_000, cacheWrite1h: 3_750_000 }),
      },
      models: {},
      ledger: usualLedger,
    });
  });

  test('may be written in JSON', () => {
    const json = { providers: { openai: { credential: 'env:X' } }, prices: { '*': { input: 1, output: 2 } } };
    expect(read(JSON.stringify(json))).toEqual(read(JSON.stringify(json, null, 2)));
    expect(read(JSON.stringify(json)).prices['*']).toMatchObject({ input: 1e6, output: 2e6, cacheRead: 1e6 });
    expect(problems('{"providers": {},\n "extra": 1}')).toEqual([
      expect.stringMatching(/^sluice.config.yaml:2: extra /),
    ]);
  });

  test.each(['', '# nothing yet', '{}', 'providers: {}', 'null'])('may be empty: %j', (text) => {
    expect(read(text)).toEqual(emptyConfig);
  });

  test.each([
    ['an unknown field', 'providers: {}\nmodel: {}', /^sluice.config.yaml:2: model is not a field/],
    ['a field misspelt', 'provider:\n  openai: {}', /^sluice.config.yaml:1: provider is not a field/],
    [
      'an unknown field of a provider',
      'providers:\n  openai:\n    apiKey: x',
      /yaml:3: providers\.openai\.apiKey is not a field/,
    ],
    [
      'an unknown field of a price',
      'prices:\n  a/*:\n    input: 1\n    output: 1\n    cached: 1',
      /yaml:5: prices\.a\/\*\.cached is not a field/,
    ],
    ['a provider that is no map', 'providers:\n  openai: yes', /yaml:2: providers\.openai /],
    ['providers in a list', 'providers:\n  - openai', /yaml:1: providers /],
    ['a name with capitals', 'providers:\n  OpenAI: {}', /yaml:2: providers\.OpenAI must be lower-case/],
    [
      'a credential in the open',
      'providers:\n  openai:\n    credential: sk-123',
      /yaml:3: providers\.openai\.credential must be env:NAME or secret:NAME/,
    ],
    ['a base URL that is none', 'providers:\n  openai:\n    baseUrl: lab', /yaml:3: providers\.openai\.baseUrl /],
    [
      'a base URL of another kind',
      'providers:\n  openai:\n    baseUrl: "file:///etc/passwd"',
      /yaml:3: providers\.openai\.baseUrl /,
    ],
    [
      'a switch that is a text',
      'providers:\n  openai:\n    allowPrivate: "true"',
      /yaml:3: providers\.openai\.allowPrivate /,
    ],
    ['a provider nobody knows', 'providers:\n  lab: {}', /yaml:2: providers\.lab is not a provider Sluice knows/],
    ['a kind nobody knows', 'providers:\n  lab:\n    kind: grpc', /yaml:3: providers\.lab\.kind /],
    ['a price without an output', 'prices:\n  a/*: { input: 1 }', /yaml:2: prices\.a\/\*\.output /],
    ['a price in words', 'prices:\n  a/*:\n    input: cheap\n    output: 1', /yaml:3: prices\.a\/\*\.input /],
    ['a price below nothing', 'prices:\n  a/*:\n    input: 1\n    output: -1', /yaml:4: prices\.a\/\*\.output /],
    ['a price without end', 'prices:\n  a/*:\n    input: .inf\n    output: 1', /yaml:3: prices\.a\/\*\.input /],
    [
      'a price finer than a micro-dollar',
      'prices:\n  a/*:\n    input: 1\n    output: 0.1234567',
      /yaml:4: prices\.a\/\*\.output .*at most six decimals/,
    ],
    [
      'a price in a tiny power of ten',
      'prices:\n  a/*:\n    input: 1e-7\n    output: 1',
      /yaml:3: prices\.a\/\*\.input .*six decimals/,
    ],
    [
      'a cache price too fine',
      'prices:\n  a/*:\n    input: 1\n    output: 1\n    cacheRead: 0.0000001',
      /yaml:5: prices\.a\/\*\.cacheRead /,
    ],
    ['a field written twice', 'prices: {}\nprices: {}', /yaml:\d: /],
    ['two documents', 'prices: {}\n---\nprices: {}', /yaml:\d: /],
    ['no YAML', 'providers:\n  openai: {', /yaml:\d: /],
    ['tabs', 'providers:\n\topenai: {}', /yaml:2: /],
    ['a text', 'hello', /yaml:1: the file /],
    ['a list', '- a', /yaml:1: the file /],
  ])('with %s is refused with the line and the field', (_, text, said) => {
    const told = problems(text);
    expect(told.length).toBeGreaterThan(0);
    expect(told[0]).toMatch(said);
  });

  test('is told everything that is wrong with it at once', () => {
    const text =
      'providers:\n  openai:\n    baseUrl: "http://x.example"\n  lab:\n    apiKey: x\n    kind: y\nprices:\n  a: 1';
    expect(problems(text).map((line) => line.split(' ')[1])).toEqual(
      expect.arrayContaining(['providers.lab.apiKey', 'providers.lab.kind', 'prices.a']),
    );
  });

  test.each(['__proto__', 'constructor', 'toString'])('never ignores a field named %s', (name) => {
    expect(problems(`providers: {}\n${name}: {}`)[0]).toContain(name);
    expect(problems(`providers:\n  openai:\n    ${name}: x`)[0]).toContain(name);
    expect(problems(`providers:\n  ${name}:\n    baseUrl: x`)[0]).toContain(name);
  });

  test('that unfolds without end is refused, not unfolded', () => {
    const bomb = Array.from(
      { length: 30 },
      (_, at) => `x${at}: &x${at} [${at === 0 ? '1' : `*x${at - 1}, *x${at - 1}`}]`,
    ).join('\n');
    expect(problems(bomb).length).toBeGreaterThan(0);
  });
});
