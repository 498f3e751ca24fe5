import { describe, expect, test } from 'vitest';
import { thrownBy } from '../../support/bytes.ts';
import { read, sent, targetOf } from './asking.ts';

const item = (index: number, embedding: unknown) => ({ object: 'embedding', index, embedding });
const usage = { prompt_tokens: 5, total_tokens: 5 };

describe('a request', () => {
  test('passes with its model as the vendor calls it, and fields nobody here knows', () => {
    const fields = { input: ['a', 'b'], dimensions: 256, user: 'u', encoding_format: 'base64', input_type: 'query' };
    const { outbound, body, dropped } = sent('openai/text-embedding-3-small', fields);
    expect(outbound).toMatchObject({ via: 'http', method: 'POST', url: 'https://api.openai.com/v1/embeddings' });
    expect(body).toEqual({ ...fields, model: 'text-embedding-3-small' });
    expect(dropped).toEqual([]);
  });

  test('passes token ids', () => {
    expect(sent('openai/e', { input: [1, 2] }).body.input).toEqual([[1, 2]]);
    expect(sent('vllm/e', { input: [[1, 2], [3]] }).body.input).toEqual([[1, 2], [3]]);
  });

  test('asks for base64 only where that is known to mean the same', () => {
    const format = (name: string, encoding_format: string) => sent(name, { encoding_format }).body.encoding_format;
    expect(format('openai/e', 'base64')).toBe('base64');
    expect(format('azure/e', 'base64')).toBe('base64');
    expect(format('mistral/e', 'base64')).toBeUndefined();
    expect(format('vllm/e', 'base64')).toBeUndefined();
    expect(format('vllm/e', 'float')).toBe('float');
  });

  test("keeps metadata, which is recorded, and says which of OpenAI's hints it leaves out", () => {
    const fields = { metadata: { a: 'b' }, safety_identifier: 's', user: 'u', dimensions: 512 };
    expect(sent('openai/e', fields)).toMatchObject({ dropped: ['safety_identifier'] });
    const { body, dropped } = sent('mistral/codestral-embed', fields);
    expect(body).toEqual({ model: 'codestral-embed', input: ['x'], output_dimension: 512 });
    expect(dropped).toEqual(['safety_identifier', 'user']);
  });

  test.each([
    ['azure/e', 'https://house.openai.azure.com/openai/deployments/e/embeddings?api-version=2024-10-21'],
    ['together/BAAI/bge', 'https://api.together.xyz/v1/embeddings'],
    ['openrouter/openai/e', 'https://openrouter.ai/api/v1/embeddings'],
  ])('to %s goes to %s', (name, url) => {
    expect(sent(name, {}).url).toBe(url);
  });

  test.each(['groq/m', 'deepseek/m', 'cerebras/m', 'perplexity/m', 'anthropic/m'])('to %s has no words', (name) => {
    const { provider, model } = targetOf(name);
    expect(provider.embed?.(model)).toBeUndefined();
  });
});

test.each(['openrouter/openai/e', 'openai/e'])('%s is not asked to let another model answer', (name) => {
  const error = thrownBy(() => sent(name, { models: ['openai/dear'] }));
  expect(error).toMatchObject({ code: 'unsupported_parameter', details: { param: 'models' } });
});

describe('an answer', () => {
  test('is put in the order of the inputs, in numbers or base64', () => {
    const answer = { object: 'list', model: 'e-1', data: [item(1, 'AAAAQA=='), item(0, [0.5, -1])], usage };
    expect(read('openai/e', answer)).toEqual({ model: 'e-1', vectors: [[0.5, -1], [2]], promptTokens: 5 });
  });

  test('without indexes is taken as it comes, and without a count has none', () => {
    expect(read('vllm/e', { data: [{ embedding: [1] }, { embedding: [2] }] })).toEqual({
      model: 'e',
      vectors: [[1], [2]],
    });
    expect(read('vllm/e', { data: [], usage: { prompt_tokens: -1 } }).promptTokens).toBeUndefined();
    expect(read('vllm/e', { data: [], usage: { total_tokens: 3 } }).promptTokens).toBe(3);
  });

  test.each([
    ['the same index twice', [item(0, [1]), item(0, [2])], [[2], []]],
    ['a vector with a hole', [item(0, [1, null])], [[]]],
    ['half a float', [item(0, 'AAAA')], [[]]],
    ['no vector', [item(0, undefined)], [[]]],
    ['no list', undefined, []],
  ])('with %s lacks a vector there', (_, data, vectors) => {
    expect(read('openai/e', { data, usage }).vectors).toEqual(vectors);
  });

  test('that is an error after all is one', () => {
    const error = { message: 'Provider returned error', code: 502 };
    expect(() => read('openrouter/openai/e', { error })).toThrow('openrouter failed while it answered');
    expect(() => read('openai/e', '<html>')).toThrow('not the JSON');
  });
});
