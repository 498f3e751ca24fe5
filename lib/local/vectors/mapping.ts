import * as z from 'zod/mini';
import { toFields } from '../dynamodb/fields.ts';

/** What an index takes. */
export type Mapping = {
  readonly dimension: number;
  /** The field of the vector. */
  readonly vector: string;
  readonly others: Readonly<Record<string, 'keyword' | 'long'>>;
};

/** A document without its id. */
export type Content = {
  readonly vector: Float32Array<ArrayBuffer>;
  readonly fields: Readonly<Record<string, string | number>>;
};

type Problem = { readonly problem: string };

/** Reads how an index is to be made. */
export function readMapping(body: unknown): Mapping | Problem {
  const { data, error } = creation.safeParse(body);
  if (data === undefined) return { problem: z.prettifyError(error) };
  const fields = Object.entries(data.mappings.properties);
  const [vector, ...more] = fields.flatMap(([name, field]) => ('dimension' in field ? [{ name, ...field }] : []));
  if (vector === undefined || more.length > 0) return { problem: 'An index here has one field of type knn_vector.' };
  const others = fields.flatMap(([name, field]) => ('dimension' in field ? [] : [[name, field.type] as const]));
  return { dimension: vector.dimension, vector: vector.name, others: Object.fromEntries(others) };
}

const knnVector = z.strictObject({
  type: z.literal('knn_vector'),
  dimension: z.int().check(z.minimum(1), z.maximum(16_000)),
  method: z.strictObject({
    name: z.literal('hnsw'),
    engine: z.literal('faiss'),
    space_type: z.literal('innerproduct'),
  }),
});

const unsearched = z.optional(z.literal(false));
const plain = z.strictObject({ type: z.enum(['keyword', 'long']), index: unsearched, doc_values: unsearched });

const creation = z.strictObject({
  settings: z.strictObject({ index: z.strictObject({ knn: z.literal(true) }) }),
  mappings: z.strictObject({
    dynamic: z.literal('strict'),
    properties: z.record(z.string(), z.union([knnVector, plain])),
  }),
});

/** Reads a document that is to be kept. */
export function readDocument({ vector, dimension, others }: Mapping, body: unknown): Content | Problem {
  const { [vector]: given, ...rest } = toFields(body);
  const numbers = z.array(z.number()).safeParse(given).data;
  if (numbers === undefined) return { problem: `failed to parse field [${vector}] of type [knn_vector]` };
  if (numbers.length !== dimension)
    return { problem: `Vector dimension mismatch. Expected: ${dimension}, Given: ${numbers.length}` };
  const fields: Record<string, string | number> = {};
  for (const [name, value] of Object.entries(rest)) {
    const type = Object.hasOwn(others, name) ? others[name] : undefined;
    if (type === undefined)
      return { problem: `mapping set to strict, dynamic introduction of [${name}] is not allowed` };
    const fits = type === 'keyword' ? typeof value === 'string' : Number.isSafeInteger(value);
    if (!fits || (typeof value !== 'string' && typeof value !== 'number'))
      return { problem: `failed to parse field [${name}] of type [${type}]` };
    fields[name] = value;
  }
  return { vector: Float32Array.from(numbers), fields };
}
