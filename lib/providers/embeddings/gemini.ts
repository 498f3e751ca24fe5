import { toError } from '../gemini/refusal.ts';
import { wireCount, wireList, wireObject } from '../wire.ts';
import { batched, type EmbedDialect, fromLines, textsOf, toEach, toVector, unsaidOf } from './embed-dialect.ts';

/** The most texts a request takes: https://github.com/langchain-ai/langchainjs/issues/4491 */
const MOST_TEXTS = 100;

/** Gemini's batchEmbedContents. https://ai.google.dev/api/embeddings */
export const geminiEmbeddings: EmbedDialect = {
  toProvider(request, { model, provider }) {
    const toRequest = (text: string) => ({
      model: `models/${model}`,
      content: { parts: [{ text }] },
      ...(request.dimensions && { outputDimensionality: request.dimensions }),
    });
    const batches = batched(textsOf(request, provider.name), { texts: MOST_TEXTS });
    const url = `${provider.place.baseUrl}/v1beta/models/${encodeURIComponent(model)}:batchEmbedContents`;
    return {
      outbound: toEach(
        url,
        batches.map((texts) => ({ requests: texts.map(toRequest) })),
      ),
      dropped: unsaidOf(request, ['dimensions']),
    };
  },

  // Not every model says how many tokens it counted.
  fromProvider: (body, origin) =>
    fromLines(body, origin, ({ embeddings, usageMetadata }) => ({
      vectors: wireList(embeddings).map(({ values }) => unit(toVector(values))),
      tokens: wireCount(wireObject(usageMetadata).promptTokenCount),
    })),

  toError,
};

/**
 * A vector of length 1, as OpenAI's are: Google leaves those of fewer dimensions than a model has as they are.
 * https://ai.google.dev/gemini-api/docs/embeddings#quality-for-smaller-dimensions
 */
export function unit(vector: readonly number[]): readonly number[] {
  const length = Math.sqrt(vector.reduce((sum, each) => sum + each * each, 0));
  return length === 0 || Math.abs(length - 1) < 1e-4 ? vector : vector.map((each) => each / length);
}
