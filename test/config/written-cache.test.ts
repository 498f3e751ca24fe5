import { describe, expect, test } from 'vitest';
import { readConfig } from '../../lib/config/read.ts';
import { usualCache } from '../../lib/config/written-cache.ts';
import { thrownBy } from '../support/bytes.ts';

const read = (text: string) => readConfig(text, 'sluice.config.yaml', () => []);
const problem = (text: string) => String(Object(thrownBy(() => read(text))).message).split('\n');

describe('the cache as it is configured', () => {
  test('is none where nobody says anything, and off where nobody says which', () => {
    expect(read('providers: {}').cache).toBeUndefined();
    expect(read('cache: {}').cache).toEqual(usualCache);
    expect(usualCache.mode).toBe('off');
  });

  test('is what is written, and what is usual', () => {
    expect(read('cache: { mode: semantic, ttlSeconds: 60, threshold: 0, waitSeconds: 0 }').cache).toEqual({
      ...usualCache,
      ...{ mode: 'semantic', ttlSeconds: 60, threshold: 0, waitSeconds: 0 },
    });
  });

  test.each([
    ['{}', usualCache.embeddings],
    ['{ budgetMs: 7 }', { ...usualCache.embeddings, budgetMs: 7 }],
    ['{ model: lab/e }', { model: 'lab/e', dimensions: undefined, budgetMs: 150 }],
    ['{ model: lab/e, dimensions: 3 }', { model: 'lab/e', dimensions: 3, budgetMs: 150 }],
    ['{ dimensions: 256 }', { ...usualCache.embeddings, dimensions: 256 }],
  ])('asks a model that is named for as many dimensions as it says, or as it has: %s', (written, embeddings) => {
    expect(read(`cache: { embeddings: ${written} }`).cache?.embeddings).toEqual(embeddings);
  });

  test.each([
    ['mode: on', 'cache.mode must be one of off, exact, semantic'],
    ['scope: all', 'cache.scope must be one of key, tenant'],
    ['temperature: low', 'cache.temperature must be one of zero, any'],
    ['temperature: 0', 'cache.temperature must be one of zero, any'],
    ['toolCalls: 1', 'cache.toolCalls must be true or false'],
    ['ttlSeconds: 0', 'cache.ttlSeconds must be a whole number from 1 to 2592000'],
    ['ttlSeconds: 2592001', 'cache.ttlSeconds must be a whole number from 1 to 2592000'],
    ['ttlSeconds: 1.5', 'cache.ttlSeconds must be a whole number from 1 to 2592000'],
    ['threshold: 1.1', 'cache.threshold must be a number from 0 to 1'],
    ['threshold: -0.1', 'cache.threshold must be a number from 0 to 1'],
    ['threshold: high', 'cache.threshold must be a number from 0 to 1'],
    ['waitSeconds: 901', 'cache.waitSeconds must be a whole number from 0 to 900'],
    ['ttl: 60', 'cache.ttl is not a field of the configuration (ttl)'],
    ['embeddings: { budgetMs: 0 }', 'cache.embeddings.budgetMs must be a whole number from 1 to 10000'],
    ['embeddings: { dimensions: 0 }', 'cache.embeddings.dimensions must be a whole number from 1 to 16000'],
    ['embeddings: { model: "a b" }', 'cache.embeddings.model must be provider/model'],
    ['embeddings: { size: 1 }', 'cache.embeddings.size is not a field of the configuration (size)'],
  ])('is refused by field and line for what is no sense: %s', (written, said) => {
    expect(problem(`providers: {}\ncache:\n  ${written}`)).toEqual([`sluice.config.yaml:3: ${said}`]);
  });
});

describe('the cache of a route', () => {
  test('is what is written, and no more', () => {
    const models = 'models:\n  slow: { use: lab/m, cache: { mode: exact, threshold: 1 } }';
    expect(read(models).models).toEqual({ slow: { use: 'lab/m', cache: { mode: 'exact', threshold: 1 } } });
  });

  test.each([
    ['use: { use: lab/m, cache: {} }', 'use.cache'],
    ['inOrder: [lab/m, { use: lab/n, cache: { mode: off } }]', 'inOrder.1.cache'],
    ['split: [{ share: 100, use: lab/m, cache: {} }]', 'split.0.cache'],
    ['use: lab/m\n    larger: { use: lab/n, cache: {} }', 'larger.cache'],
  ])('stands beside the outermost, and is refused inside: %s', (inside, where) => {
    const [said = '', ...more] = problem(`models:\n  a: lab/m\n  b:\n    ${inside}`);
    expect(said).toMatch(/^sluice\.config\.yaml:[45]: models\.b\./);
    expect(said).toContain(`models.b.${where} stands inside a route: write it beside the outermost`);
    expect(more).toEqual([]);
  });

  test.each(['waitSeconds: 1', 'embeddings: {}'])('has no say in what holds for all: %s', (written) => {
    const [said = ''] = problem(`models:\n  a:\n    use: lab/m\n    cache: { ${written} }`);
    expect(said).toMatch(/^sluice\.config\.yaml:\d: models\.a/);
  });
});
