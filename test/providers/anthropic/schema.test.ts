import { expect, test } from 'vitest';
import { enforceable } from '../../../lib/providers/anthropic/schema.ts';

test.each(['$defs', 'definitions'])('a schema that is a reference keeps its %s, held as well', (name) => {
  const node = {
    type: 'object',
    properties: { next: { $ref: `#/${name}/node` }, size: { type: 'integer', minimum: 1 } },
  };
  expect(enforceable({ $ref: `#/${name}/node`, [name]: { node } }, 'schema')).toEqual({
    $ref: `#/${name}/node`,
    [name]: {
      node: {
        type: 'object',
        properties: {
          next: { $ref: `#/${name}/node` },
          size: { type: 'integer', description: '{minimum: 1}' },
        },
        additionalProperties: false,
      },
    },
  });
});
