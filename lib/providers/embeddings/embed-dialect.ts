import type { GatewayError } from '../../errors.ts';
import type { EmbeddingRequest, Embeddings } from '../../openai/embedding.ts';
import type { EachOutbound } from '../../wire/send.ts';
import { refused } from '../parameters.ts';
import type { Origin, Target, Translated } from '../provider.ts';
import { asObject, type Wire } from '../wire.ts';

/** How a provider's embedding models are spoken to, both ways. Pure. */
export type EmbedDialect = {
  /** The request in the provider's words; throws for what would change its meaning. */
  toProvider(request: EmbeddingRequest, target: Target): Translated;
  /** The vectors in an answer; none, or an empty one, in the place of what is no vector. */
  fromProvider(body: string, origin: Origin): Embeddings;
  toError(
    status: number,
    headers: Readonly<Record<string, string | undefined>>,
    body: string,
    provider: string,
  ): GatewayError;
};

/** The inputs as texts, for models that take no token ids: ids mean something to their own tokenizer only. */
export function textsOf({ input }: EmbeddingRequest, provider: string): readonly string[] {
  return input.map((each) => {
    if (typeof each === 'string') return each;
    throw refused('input', provider, `${provider} takes texts, not token ids`);
  });
}

/** What one request takes at most. */
type Most = { readonly texts: number; readonly bytes?: number };

/** The texts in their order, in as many requests as it takes. A text that is too large by itself is the provider's to refuse. */
export function batched(texts: readonly string[], most: Most): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const bytes = Buffer.byteLength(text);
    const batch = batches.at(-1);
    if (batch === undefined || batch.length === most.texts || bytes > room) {
      batches.push([text]);
      room = (most.bytes ?? Number.POSITIVE_INFINITY) - bytes;
    } else {
      batch.push(text);
      room -= bytes;
    }
  }
  return batches;
}

/** One call as several requests to the same address. */
export const toEach = (url: string, bodies: readonly object[]): EachOutbound => ({
  via: 'each',
  method: 'POST',
  url,
  headers: { 'content-type': 'application/json', accept: 'application/json' },
  body: JSON.stringify(bodies),
});

/** What one of several answers holds. */
export type Part = { readonly vectors: readonly (readonly number[])[]; readonly tokens: number | undefined };

/** The answers to several requests, a line each, as one. */
export function fromLines(body: string, { provider, stamp }: Origin, read: (wire: Wire) => Part): Embeddings {
  const parts = body.split('\n').map((line) => read(asObject(line, provider)));
  const counts = parts.flatMap(({ tokens }) => tokens ?? []);
  return {
    model: stamp.model,
    vectors: parts.flatMap(({ vectors }) => vectors),
    ...(counts.length === parts.length && { promptTokens: counts.reduce((sum, count) => sum + count, 0) }),
  };
}

/** What every dialect deals with, or what is not for the provider: metadata is recorded with the call. */
const SAID = ['model', 'input', 'encoding_format', 'metadata'];

/** What else a request asks for, beside what a dialect says. */
export const unsaidOf = (request: EmbeddingRequest, said: readonly string[]): readonly string[] =>
  Object.entries(request)
    .filter(([name, value]) => value !== undefined && value !== null && !SAID.includes(name) && !said.includes(name))
    .map(([name]) => name);

/** A vector, or an empty one in the place of anything else. */
export const toVector = (value: unknown): readonly number[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'number') ? value : [];
