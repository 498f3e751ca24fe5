import { fromBase64 } from '../../openai/embedding.ts';
import { failed, toError, toStreamError } from '../compatible/refusal.ts';
import { requireSameModel } from '../compatible/same-model.ts';
import type { Target } from '../provider.ts';
import { asObject, wireCount, wireList, wireObject, wireText } from '../wire.ts';
import { type EmbedDialect, toVector } from './embed-dialect.ts';

/** How a vendor speaks OpenAI's embeddings differently. Empty for one that speaks them plainly. */
export type EmbedQuirks = {
  /** Writes base64 when asked. The others are asked for numbers: some ignore the wish, some mean other bytes by it. */
  readonly base64?: true;
  /** Fields that the vendor refuses: left out, and reported. */
  readonly without?: readonly string[];
  /** The vendor's own names of parameters. */
  readonly names?: Readonly<Record<string, string>>;
};

/** `POST /embeddings` as OpenAI speaks it. The request passes with the least touching; metadata is recorded with the call and stays here. */
export function compatibleEmbeddings(
  { base64, without = [], names = {} }: EmbedQuirks = {},
  toUrl: (target: Target) => string = embeddings,
): EmbedDialect {
  const unwanted = ['safety_identifier', ...without];
  return {
    toProvider({ metadata: _, encoding_format: format, ...request }, target) {
      requireSameModel(request, target.provider.name);
      const given = Object.entries(request).filter(([, value]) => value !== undefined && value !== null);
      const fields = given.filter(([name]) => !unwanted.includes(name));
      const body = {
        ...Object.fromEntries(fields.map(([name, value]) => [names[name] ?? name, value])),
        model: target.model,
        ...(format && (base64 || format === 'float') && { encoding_format: format }),
      };
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      return {
        outbound: { via: 'http', method: 'POST', url: toUrl(target), headers, body: JSON.stringify(body) },
        dropped: given.map(([name]) => name).filter((name) => unwanted.includes(name)),
      };
    },

    fromProvider(body, { provider, stamp }) {
      const wire = asObject(body, provider);
      if (failed(wire)) throw toStreamError(wire, provider);
      const items = wireList(wire.data);
      const placed = new Map(items.map(({ index, embedding }, at) => [wireCount(index) ?? at, embedding]));
      const { prompt_tokens, total_tokens } = wireObject(wire.usage);
      const tokens = wireCount(prompt_tokens) ?? wireCount(total_tokens);
      return {
        model: wireText(wire.model) ?? stamp.model,
        vectors: items.map((_, at) => toFloats(placed.get(at))),
        ...(tokens !== undefined && { promptTokens: tokens }),
      };
    },

    toError,
  };
}

const embeddings = ({ provider }: Target): string => `${provider.place.baseUrl}/embeddings`;

/** Numbers or base64, whichever was asked for. */
const toFloats = (embedding: unknown): readonly number[] =>
  typeof embedding === 'string' ? fromBase64(embedding) : toVector(embedding);
