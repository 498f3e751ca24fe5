import { describe, expect, test } from 'vitest';
import { read, sent, targetOf, texts } from './asking.ts';

const floats = (...float: readonly (readonly number[])[]) => ({ embeddings: { float } });

describe('Cohere', () => {
  test('is told what the vectors are for, and cuts no text', () => {
    const { outbound, body, dropped } = sent('cohere/embed-v4.0', { input: ['a'], dimensions: 512, user: 'u' });
    expect(outbound).toMatchObject({ via: 'each', url: 'https://api.cohere.com/v2/embed' });
    const request = { texts: ['a'], input_type: 'search_document', embedding_types: ['float'], truncate: 'NONE' };
    expect(body).toEqual([{ model: 'embed-v4.0', ...request, output_dimension: 512 }]);
    expect(dropped).toEqual(['user']);
    expect(sent('cohere/e', { input_type: 'search_query' })).toMatchObject({
      body: [{ input_type: 'search_query' }],
      dropped: [],
    });
    expect(() => sent('cohere/e', { input_type: 7 })).toThrow('input_type must be a string');
  });

  test('takes 96 texts a request', () => {
    const { body } = sent('cohere/e', { input: texts(200) });
    expect(body.map(({ texts }: { texts: string[] }) => texts.length)).toEqual([96, 96, 8]);
    expect(body[1].texts[0]).toBe('text 96');
  });

  test('answers vectors and what it bills', () => {
    const answer = (input_tokens: number, ...vectors: number[][]) => ({
      id: 'x',
      ...floats(...vectors),
      meta: { billed_units: { input_tokens } },
    });
    expect(read('cohere/e', answer(3, [1], [2]), answer(4, [3]))).toEqual({
      model: 'e',
      vectors: [[1], [2], [3]],
      promptTokens: 7,
    });
    expect(read('cohere/e', floats([1]))).toEqual({ model: 'e', vectors: [[1]] });
    expect(read('cohere/e', { embeddings: [[1]] }).vectors).toEqual([]);
  });
});

describe('Bedrock', () => {
  const titan = 'bedrock/amazon.titan-embed-text-v2:0';

  test('gives Titan one text a request', () => {
    const { outbound, body, dropped } = sent(titan, { input: ['a', 'b'], dimensions: 256, user: 'u' });
    expect(outbound).toMatchObject({ via: 'invoke', region: 'eu-west-3', model: 'amazon.titan-embed-text-v2:0' });
    expect(outbound).not.toHaveProperty('endpoint');
    expect(body).toEqual([
      { inputText: 'a', dimensions: 256, normalize: true },
      { inputText: 'b', dimensions: 256, normalize: true },
    ]);
    expect(dropped).toEqual(['user']);
    expect(sent(titan, {}).body).toEqual([{ inputText: 'x', normalize: true }]);
    expect(sent('bedrock/amazon.titan-embed-text-v1', {}).body).toEqual([{ inputText: 'x' }]);
  });

  test('reads what Titan answers and counts', () => {
    const line = (embedding: number[], inputTextTokenCount?: number) => ({
      tokens: 9,
      answer: { embedding, inputTextTokenCount, embeddingsByType: { float: embedding } },
    });
    expect(read(titan, line([1, 0], 3), line([0, 1], 4))).toEqual({
      model: 'amazon.titan-embed-text-v2:0',
      vectors: [
        [1, 0],
        [0, 1],
      ],
      promptTokens: 7,
    });
    expect(read(titan, line([1])).promptTokens).toBe(9);
  });

  test('gives Cohere its texts in batches, and takes its count from beside the answer', () => {
    const { outbound, body } = sent('bedrock/cohere.embed-v4:0', { input: texts(97), dimensions: 256 });
    expect(outbound).toMatchObject({ via: 'invoke', model: 'cohere.embed-v4:0' });
    expect(body[1]).toEqual({
      texts: ['text 96'],
      input_type: 'search_document',
      embedding_types: ['float'],
      truncate: 'NONE',
      output_dimension: 256,
    });
    const line = (tokens: number | null) => ({ tokens, answer: floats([1]) });
    expect(read('bedrock/cohere.embed-v4:0', line(3), line(4))).toMatchObject({ vectors: [[1], [1]], promptTokens: 7 });
    expect(read('bedrock/cohere.embed-v4:0', line(3), line(null)).promptTokens).toBeUndefined();
  });

  test.each([
    ['bedrock/amazon.titan-embed-text-v2:0', 300, '256, 512, 1024'],
    ['bedrock/amazon.titan-embed-text-v1', 512, '1536'],
    ['bedrock/cohere.embed-english-v3', 512, '1024'],
  ])('%s has no %i dimensions', (name, dimensions, has) => {
    expect(() => sent(name, { dimensions })).toThrow(
      `dimensions cannot be passed on: this model gives vectors of ${has}`,
    );
  });

  test.each([
    ['us.cohere.embed-v4:0', true],
    ['arn:aws:bedrock:eu-west-3::foundation-model/amazon.titan-embed-text-v2:0', true],
    ['arn:aws:bedrock:eu-west-3:123456789012:inference-profile/eu.cohere.embed-v4:0', true],
    ['arn:aws:bedrock:eu-west-3:123456789012:application-inference-profile/abc123', false],
    ['us.anthropic.claude-sonnet-4-6', false],
  ])('%s is known as an embedding model: %s', (model, known) => {
    const { provider } = targetOf(`bedrock/${model}`);
    expect(provider.embed?.(model) !== undefined).toBe(known);
  });

  test('its key goes with an invocation to its own place only', () => {
    const { outbound } = sent(titan, {});
    const { provider } = targetOf(titan);
    expect(provider.authorize(outbound, 'key')).toEqual({ ...outbound, token: 'key' });
    const astray = { ...outbound, endpoint: 'https://elsewhere.example' };
    expect(() => provider.authorize(astray, 'key')).toThrow('leave');
    expect(() => provider.authorize(sent('cohere/e', {}).outbound, 'key')).toThrow('leave');
  });
});

test('a key goes with each of several requests to one address, and to no other', () => {
  const { outbound } = sent('cohere/e', {});
  const { provider } = targetOf('cohere/e');
  expect(provider.authorize(outbound, 'key')).toMatchObject({ via: 'each', headers: { authorization: 'Bearer key' } });
  expect(() => provider.authorize({ ...outbound, url: 'https://elsewhere.example' } as typeof outbound, 'key')).toThrow(
    'leave',
  );
});
