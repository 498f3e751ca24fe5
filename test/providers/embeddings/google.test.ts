import { describe, expect, test } from 'vitest';
import { read, sent, texts } from './asking.ts';

const vertex =
  'https://europe-west1-aiplatform.googleapis.com/v1/projects/acme/locations/europe-west1/publishers/google/models';
const prediction = (values: readonly number[], token_count?: number) => ({
  embeddings: { values, statistics: { truncated: false, token_count } },
});

describe('Gemini', () => {
  test('is asked in batches', () => {
    const { outbound, body, dropped } = sent('gemini/gemini-embedding-001', { input: ['a', 'b'], user: 'u' });
    expect(outbound).toMatchObject({
      via: 'each',
      method: 'POST',
      url: 'https://generativelanguage.googleapis.com/v1beta/models/gemini-embedding-001:batchEmbedContents',
    });
    const request = (text: string) => ({ model: 'models/gemini-embedding-001', content: { parts: [{ text }] } });
    expect(body).toEqual([{ requests: [request('a'), request('b')] }]);
    expect(dropped).toEqual(['user']);
  });

  test('takes a hundred texts a request', () => {
    const { body } = sent('gemini/e', { input: texts(201), dimensions: 768 });
    expect(body.map(({ requests }: { requests: unknown[] }) => requests.length)).toEqual([100, 100, 1]);
    expect(body[2].requests[0]).toEqual({
      model: 'models/e',
      content: { parts: [{ text: 'text 200' }] },
      outputDimensionality: 768,
    });
  });

  test('answers vectors, which are made as long as others', () => {
    const answers = [{ embeddings: [{ values: [3, 4] }, { values: [0.6, 0.8] }] }, { embeddings: [{ values: [1] }] }];
    expect(read('gemini/e', ...answers)).toEqual({ model: 'e', vectors: [[0.6, 0.8], [0.6, 0.8], [1]] });
  });

  test('counts its tokens, or some of them, or none', () => {
    const answer = (promptTokenCount?: number) => ({
      embeddings: [{ values: [1] }],
      usageMetadata: { promptTokenCount },
    });
    expect(read('gemini/e', answer(2), answer(3)).promptTokens).toBe(5);
    expect(read('gemini/e', answer(2), answer()).promptTokens).toBeUndefined();
  });
});

describe('Vertex', () => {
  test('predicts one vector a request for gemini-embedding-001, and cuts no text', () => {
    const { outbound, body } = sent('vertex/gemini-embedding-001', { input: ['a', 'b'], dimensions: 768 });
    expect(outbound).toMatchObject({ via: 'each', url: `${vertex}/gemini-embedding-001:predict` });
    const parameters = { autoTruncate: false, outputDimensionality: 768 };
    expect(body).toEqual([
      { instances: [{ content: 'a' }], parameters },
      { instances: [{ content: 'b' }], parameters },
    ]);
  });

  test('predicts many for the others, as long as they are short', () => {
    const counts = (input: string[]) =>
      sent('vertex/text-embedding-005', { input }).body.map(({ instances }: { instances: [] }) => instances.length);
    expect(counts(texts(251))).toEqual([250, 1]);
    expect(counts(Array(5).fill('x'.repeat(9_000)))).toEqual([2, 2, 1]);
    expect(counts(['x'.repeat(30_000), 'y', 'z'])).toEqual([1, 2]);
  });

  test('embeds a content a request with the newer models', () => {
    const { url, body } = sent('vertex/gemini-embedding-2', { input: ['a', 'b'], dimensions: 256 });
    expect(url).toBe(`${vertex}/gemini-embedding-2:embedContent`);
    expect(body[1]).toEqual({ content: { parts: [{ text: 'b' }] }, autoTruncate: false, outputDimensionality: 256 });
    const answer = { embedding: { values: [3, 4] }, usageMetadata: { promptTokenCount: 4 } };
    expect(read('vertex/gemini-embedding-2', answer, answer)).toEqual({
      model: 'gemini-embedding-2',
      vectors: [
        [0.6, 0.8],
        [0.6, 0.8],
      ],
      promptTokens: 8,
    });
  });

  test('counts the tokens of each prediction', () => {
    const answers = [{ predictions: [prediction([1], 3), prediction([-1], 4)] }, { predictions: [prediction([1], 5)] }];
    expect(read('vertex/e', ...answers)).toEqual({ model: 'e', vectors: [[1], [-1], [1]], promptTokens: 12 });
    expect(read('vertex/e', { predictions: [prediction([1], 3), prediction([1])] }).promptTokens).toBeUndefined();
  });
});

test.each(['gemini/e', 'vertex/e'])('%s takes no token ids', (name) => {
  expect(() => sent(name, { input: [1, 2] })).toThrow('input cannot be passed on');
});

test.each(['gemini/e', 'vertex/e', 'vertex/gemini-embedding-2'])(
  '%s answers without vectors, or without JSON',
  (name) => {
    expect(read(name, {}).vectors.flat()).toEqual([]);
    expect(() => read(name, {}, 'oops')).toThrow('not the JSON');
  },
);
