import { describe, expect, test } from 'vitest';
import { toSimilar } from '../../../lib/pipeline/cache/similar.ts';
import { cachedOf, cachingConfig, type Made } from '../../support/cachings.ts';
import { bodyOf, changes } from '../../support/questions.ts';

const config = cachingConfig({ mode: 'semantic', temperature: 'any', scope: 'tenant' });
const asking = { salt: 'one', changed: [], wording: 0, mg: 5 };

/** By what questions like a call's are found. */
function similarOf({ headers, fields = bodyOf(asking), by }: Made, configured = config) {
  const { comparable } = cachedOf({ fields, by, headers: { 'x-sluice-cache': 'semantic', ...headers } }, configured);
  return comparable && toSimilar(comparable);
}
const shapeOf = (made: Made) => {
  const similar = similarOf(made);
  if (typeof similar !== 'object') throw new Error(`There is nothing similar: ${similar}`);
  return similar.shape;
};

describe('questions are alike', () => {
  test('however their last turn is worded', () => {
    for (const wording of [1, 2]) expect(shapeOf({ fields: bodyOf({ ...asking, wording }) })).toBe(shapeOf({}));
  });

  test('but not with another number in it', () => {
    expect(shapeOf({ fields: bodyOf({ ...asking, mg: 6 }) })).not.toBe(shapeOf({}));
  });

  test.each(changes)('but not with %s', (change) => {
    expect(shapeOf({ fields: bodyOf({ ...asking, changed: [change] }) })).not.toBe(shapeOf({}));
  });

  test('but not where nothing may be dropped, nor where tools may be called again', () => {
    expect(shapeOf({ headers: { 'x-sluice-strict': 'true' } })).not.toBe(shapeOf({}));
    expect(shapeOf({ by: { cache: { toolCalls: true } } })).not.toBe(shapeOf({}));
  });
});

test('a question is compared by its text, with the model that is configured, within its budget', () => {
  expect(similarOf({})).toMatchObject({
    embedding: {
      text: 'Is 5 mg of it usually enough for a grown patient?',
      target: { name: 'lab/e' },
      dimensions: undefined,
    },
    budgetMs: 150,
  });
});

describe('nothing similar is looked for', () => {
  const embeddings = (model: string) => ({ model, dimensions: undefined, budgetMs: 150 });

  test('where there is no question', () => {
    const messages = [{ role: 'user', content: '' }];
    expect(similarOf({ fields: { messages } })).toBe('no-question');
  });

  test.each(['lab/', 'unheard-of/e', 'e'])('where there is no such model: %s', (model) => {
    expect(similarOf({}, { ...config, ...cachingConfig({ mode: 'semantic', embeddings: embeddings(model) }) })).toBe(
      'no-embedder',
    );
  });

  test('where the model gives no embeddings', () => {
    const providers = { ...config.providers, anthropic: { credential: 'env:LAB_KEY' } };
    const configured = cachingConfig({ mode: 'semantic', embeddings: embeddings('anthropic/claude-sonnet-4-6') });
    expect(similarOf({}, { ...configured, providers })).toBe('no-embedder');
  });

  test('where the caller’s words may not go to that model: by its key, its tenant or its feature', () => {
    expect(similarOf({ by: { allowed: [['lab/*'], ['lab/m']] } })).toBe('embedder-not-allowed');
    const by = { featureModels: { search: ['lab/m'] } };
    expect(similarOf({ by, headers: { 'x-sluice-feature': 'search' } })).toBe('embedder-not-allowed');
    expect(similarOf({ by })).toBeTypeOf('object');
    expect(similarOf({ by: { ...by, feature: 'search' } })).toBe('embedder-not-allowed');
  });

  test('where that model breaks a rule over the caller, though the one that answers keeps all', () => {
    const [lab] = Object.entries(config.providers).flatMap(([name, each]) => (name === 'lab' ? [each] : []));
    const outside = cachingConfig({ mode: 'semantic', embeddings: embeddings('us/e') });
    const providers = { lab: { ...lab, regions: ['eu' as const] }, us: { ...lab, regions: ['us' as const] } };
    const configured = { ...outside, providers };
    const requires = [{ by: 'tenant acme', regions: ['eu' as const] }];
    expect(similarOf({ by: { requires } }, configured)).toBe('embedder-not-compliant');
    expect(similarOf({}, configured)).toBeTypeOf('object');
  });
});
