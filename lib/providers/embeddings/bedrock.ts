import type { InvokeOutbound } from '../../wire/send.ts';
import { toError } from '../bedrock/refusal.ts';
import { refused } from '../parameters.ts';
import type { Target } from '../provider.ts';
import { wireCount, wireObject } from '../wire.ts';
import { toCohereBodies, vectorsIn } from './cohere.ts';
import { type EmbedDialect, fromLines, textsOf, toVector, unsaidOf } from './embed-dialect.ts';

/** How an embedding model of Bedrock's is spoken to: each maker has a language of its own. Undefined for a model whose name does not tell. */
export function bedrockEmbeddings(model: string): EmbedDialect | undefined {
  const id = model.slice(model.lastIndexOf('/') + 1); // an ARN ends in the id of what it names
  if (/(^|\.)amazon\.titan-embed-text-/.test(id)) return titan;
  return /(^|\.)cohere\.embed-/.test(id) ? cohere : undefined;
}

/** One text a request; the first version knows nothing else. https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html */
const titan: EmbedDialect = {
  toProvider(request, target) {
    const { dimensions } = request;
    const first = target.model.includes('titan-embed-text-v1');
    const sizes = first ? [1536] : [256, 512, 1024];
    if (dimensions && !sizes.includes(dimensions))
      throw refused('dimensions', target.provider.name, `this model gives vectors of ${sizes.join(', ')} dimensions`);
    const how = first ? {} : { ...(dimensions && { dimensions }), normalize: true };
    const bodies = textsOf(request, target.provider.name).map((inputText) => ({ inputText, ...how }));
    return { outbound: toInvoke(target, bodies), dropped: unsaidOf(request, ['dimensions']) };
  },

  fromProvider: (body, origin) =>
    fromLines(body, origin, ({ answer, tokens }) => {
      const { embedding, inputTextTokenCount } = wireObject(answer);
      return { vectors: [toVector(embedding)], tokens: wireCount(inputTextTokenCount) ?? wireCount(tokens) };
    }),

  toError,
};

/** https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html: an answer does not count its tokens. */
const cohere: EmbedDialect = {
  toProvider(request, target) {
    if (request.dimensions && /embed-\w+-v3/.test(target.model))
      throw refused('dimensions', target.provider.name, 'this model gives vectors of 1024 dimensions only');
    const bodies = toCohereBodies(request, target.provider.name);
    return { outbound: toInvoke(target, bodies), dropped: unsaidOf(request, ['dimensions', 'input_type']) };
  },

  fromProvider: (body, origin) =>
    fromLines(body, origin, ({ answer, tokens }) => ({
      vectors: vectorsIn(wireObject(answer)),
      tokens: wireCount(tokens),
    })),

  toError,
};

const toInvoke = ({ model, provider: { place } }: Target, bodies: readonly object[]): InvokeOutbound => ({
  via: 'invoke',
  ...(place.baseUrl !== '' && { endpoint: place.baseUrl }),
  region: place.region ?? '',
  model,
  body: JSON.stringify(bodies),
});
