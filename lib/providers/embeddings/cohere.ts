import { GatewayError } from '../../errors.ts';
import type { EmbeddingRequest } from '../../openai/embedding.ts';
import { toError } from '../cohere/refusal.ts';
import { type Wire, wireCount, wireObject } from '../wire.ts';
import { batched, type EmbedDialect, fromLines, textsOf, toEach, toVector, unsaidOf } from './embed-dialect.ts';

/** Cohere's v2/embed. https://docs.cohere.com/reference/embed */
export const cohereEmbeddings: EmbedDialect = {
  toProvider(request, { model, provider }) {
    const bodies = toCohereBodies(request, provider.name).map((body) => ({ model, ...body }));
    return {
      outbound: toEach(`${provider.place.baseUrl}/v2/embed`, bodies),
      dropped: unsaidOf(request, ['dimensions', 'input_type']),
    };
  },

  fromProvider: (body, origin) =>
    fromLines(body, origin, (wire) => ({
      vectors: vectorsIn(wire),
      tokens: wireCount(wireObject(wireObject(wire.meta).billed_units).input_tokens),
    })),

  toError,
};

/** The most texts a request takes. */
const MOST_TEXTS = 96;

/** The requests without the model, as they are the same wherever Cohere's models run. */
export function toCohereBodies(request: EmbeddingRequest, provider: string): readonly object[] {
  const input_type = inputType(request);
  return batched(textsOf(request, provider), { texts: MOST_TEXTS }).map((texts) => ({
    texts,
    input_type,
    embedding_types: ['float'],
    truncate: 'NONE', // what is too long is refused: cut, it would be another text
    ...(request.dimensions && { output_dimension: request.dimensions }),
  }));
}

/** The vectors of one answer. */
export function vectorsIn({ embeddings }: Wire): readonly (readonly number[])[] {
  const { float } = wireObject(embeddings);
  return Array.isArray(float) ? float.map(toVector) : [];
}

/** What the vectors are for. Cohere must be told; a caller who knows says it in the extension field `input_type`. */
function inputType({ input_type }: EmbeddingRequest): string {
  if (input_type === undefined || input_type === null) return 'search_document';
  if (typeof input_type === 'string') return input_type;
  throw new GatewayError('invalid_request_error', { param: 'input_type', message: 'input_type must be a string.' });
}
