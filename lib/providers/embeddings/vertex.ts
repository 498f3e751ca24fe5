import { toError } from '../gemini/refusal.ts';
import type { Place } from '../provider.ts';
import { wireCount, wireList, wireObject } from '../wire.ts';
import { batched, type EmbedDialect, fromLines, textsOf, toEach, toVector, unsaidOf } from './embed-dialect.ts';
import { unit } from './gemini.ts';

/** How an embedding model of Google's is spoken to on Vertex AI: the newer ones are not reached by `predict`. */
export const vertexEmbeddings = (model: string): EmbedDialect =>
  /^gemini-embedding-[2-9]/.test(model) ? contents : predictions;

/** https://docs.cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/projects.locations.publishers.models/embedContent */
const contents: EmbedDialect = {
  toProvider(request, { model, provider }) {
    const bodies = textsOf(request, provider.name).map((text) => ({
      content: { parts: [{ text }] },
      autoTruncate: false,
      ...(request.dimensions && { outputDimensionality: request.dimensions }),
    }));
    return {
      outbound: toEach(`${address(provider.place, model)}:embedContent`, bodies),
      dropped: unsaidOf(request, ['dimensions']),
    };
  },

  fromProvider: (body, origin) =>
    fromLines(body, origin, ({ embedding, usageMetadata }) => ({
      vectors: [unit(toVector(wireObject(embedding).values))],
      tokens: wireCount(wireObject(usageMetadata).promptTokenCount),
    })),

  toError,
};

/**
 * The most a request takes: gemini-embedding-001 one text, the others 250 of 20,000 tokens together, of which none is
 * less than a byte. https://docs.cloud.google.com/vertex-ai/generative-ai/docs/embeddings/get-text-embeddings
 */
const most = (model: string) => (model.startsWith('gemini') ? { texts: 1 } : { texts: 250, bytes: 20_000 });

/** https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api */
const predictions: EmbedDialect = {
  toProvider(request, { model, provider }) {
    const parameters = {
      autoTruncate: false, // what is too long is refused: cut, it would be another text
      ...(request.dimensions && { outputDimensionality: request.dimensions }),
    };
    const bodies = batched(textsOf(request, provider.name), most(model)).map((texts) => ({
      instances: texts.map((content) => ({ content })),
      parameters,
    }));
    return {
      outbound: toEach(`${address(provider.place, model)}:predict`, bodies),
      dropped: unsaidOf(request, ['dimensions']),
    };
  },

  fromProvider: (body, origin) =>
    fromLines(body, origin, ({ predictions: found }) => {
      const embeddings = wireList(found).map((each) => wireObject(each.embeddings));
      const counts = embeddings.flatMap(({ statistics }) => wireCount(wireObject(statistics).token_count) ?? []);
      return {
        vectors: embeddings.map(({ values }) => unit(toVector(values))),
        tokens: counts.length === embeddings.length ? counts.reduce((sum, count) => sum + count, 0) : undefined,
      };
    }),

  toError,
};

const address = ({ baseUrl, project, region }: Place, model: string): string =>
  `${baseUrl}/v1/projects/${project}/locations/${region}/publishers/google/models/${encodeURIComponent(model)}`;
