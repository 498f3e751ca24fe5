import { expect, test } from 'vitest';
import { toSchema } from '../../../lib/providers/gemini/schema.ts';

test('a schema passes as it is, but for its root’s address', () => {
  const schema = {
    type: 'object',
    properties: {
      const: { type: ['string', 'null'], pattern: '^x' },
      definitions: { type: 'array', items: { type: 'integer' } },
    },
    required: ['const'],
    additionalProperties: false,
  };
  expect(toSchema({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...schema })).toEqual(schema);
});

test('a constant is an enumeration of one', () => {
  expect(toSchema({ anyOf: [{ const: 'a' }, { type: 'integer', const: 1 }, { const: null }] })).toEqual({
    anyOf: [{ type: 'string', enum: ['a'] }, { type: 'integer', enum: [1] }, { enum: [null] }],
  });
});

test('definitions live in $defs', () => {
  expect(toSchema({ definitions: { pet: { const: 'cat' } }, items: { $ref: '#/definitions/pet' } })).toEqual({
    $defs: { pet: { type: 'string', enum: ['cat'] } },
    items: { $ref: '#/$defs/pet' },
  });
});

test('a reference stands alone', () => {
  expect(toSchema({ properties: { a: { $ref: '#/$defs/x', description: 'An x.' } }, $defs: { x: true } })).toEqual({
    properties: { a: { description: 'An x.', anyOf: [{ $ref: '#/$defs/x' }] } },
    $defs: { x: true },
  });
  expect(toSchema({ $ref: '#/$defs/x', $defs: { x: {} } })).toEqual({ $ref: '#/$defs/x', $defs: { x: {} } });
});
