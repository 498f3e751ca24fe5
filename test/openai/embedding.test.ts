import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { fromBase64, toEmbeddingRequest, toEmbeddingView } from '../../lib/openai/embedding.ts';
import type { Json } from '../../lib/openai/json.ts';
import { thrownBy } from '../support/bytes.ts';

const asked = (fields: Record<string, Json>) => toEmbeddingRequest({ model: 'm', input: 'x', ...fields });

describe('an embedding request', () => {
  test.each<[Json, Json]>([
    ['one', ['one']],
    [
      ['one', 'two'],
      ['one', 'two'],
    ],
    [[1, 2, 3], [[1, 2, 3]]],
    [
      [[1, 2], [3]],
      [[1, 2], [3]],
    ],
    [[0], [[0]]],
    [Array(2048).fill('x'), Array(2048).fill('x')],
    [Array(8191).fill(7), [Array(8191).fill(7)]],
  ])('takes every form of input as a list (%#)', (input, list) => {
    expect(asked({ input }).input).toEqual(list);
  });

  test('keeps the fields it does not know', () => {
    expect(asked({ dimensions: 8, encoding_format: 'base64', input_type: 'search_query', user: null })).toEqual({
      model: 'm',
      input: ['x'],
      dimensions: 8,
      encoding_format: 'base64',
      input_type: 'search_query',
      user: null,
    });
  });

  test.each<[Record<string, Json>, string]>([
    [{ model: '' }, 'model'],
    [{ model: 7 }, 'model'],
    [{ model: 'm\n' }, 'model'],
    [{ model: null }, 'model'],
    [{ input: null }, 'input'],
    [{ input: '' }, 'input'],
    [{ input: 7 }, 'input'],
    [{ input: {} }, 'input'],
    [{ input: [] }, 'input'],
    [{ input: [[]] }, 'input'],
    [{ input: ['a', 1] }, 'input'],
    [{ input: [1.5] }, 'input'],
    [{ input: [-1] }, 'input'],
    [{ input: [[1], 'a'] }, 'input'],
    [{ input: ['a', ''] }, 'input[1]'],
    [{ input: Array(2049).fill('x') }, 'input'],
    [{ dimensions: 0 }, 'dimensions'],
    [{ dimensions: 1.5 }, 'dimensions'],
    [{ dimensions: '8' }, 'dimensions'],
    [{ encoding_format: 'binary' }, 'encoding_format'],
    [{ user: 1 }, 'user'],
    [{ safety_identifier: [] }, 'safety_identifier'],
    [{ metadata: 'x' }, 'metadata'],
    [{ metadata: { a: 1 } }, 'metadata'],
  ])('that is wrong names the field (%#)', (fields, param) => {
    const error = thrownBy(() => asked(fields));
    expect(error).toBeInstanceOf(GatewayError);
    expect(error).toMatchObject({ code: 'invalid_request_error', details: { param } });
  });

  test('is an object', () => {
    expect(() => toEmbeddingRequest([])).toThrow('JSON object');
  });
});

describe('an answer', () => {
  const found = { model: 'm', vectors: [[0.5, -1], [2]], promptTokens: 7 };

  test('has the vectors in order, and counts the prompt', () => {
    expect(toEmbeddingView(found, undefined)).toEqual({
      object: 'list',
      data: [
        { object: 'embedding', index: 0, embedding: [0.5, -1] },
        { object: 'embedding', index: 1, embedding: [2] },
      ],
      model: 'm',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
  });

  test('has them as little-endian floats of 32 bits where base64 was asked for', () => {
    expect(toEmbeddingView(found, 'base64').data.map(({ embedding }) => embedding)).toEqual([
      'AAAAPwAAgL8=',
      'AAAAQA==',
    ]);
  });

  test('in base64 reads back as what was written, for every float', () => {
    fc.assert(
      fc.property(fc.array(fc.float({ noNaN: true }), { minLength: 1 }), (vector) => {
        const [item] = toEmbeddingView({ model: 'm', vectors: [vector] }, 'base64').data;
        expect(fromBase64(String(item?.embedding))).toEqual(vector);
      }),
    );
  });

  test('in base64 that cannot be floats is no vector', () => {
    expect([fromBase64('AAAAPw'), fromBase64('AAAA'), fromBase64('')]).toEqual([[0.5], [], []]);
  });
});
