import * as z from 'zod/mini';
import { usualEmbedder } from '../catalog/embedder.ts';
import { type CacheConfig, cacheModes, cacheScopes, cacheTemperatures, overwritten } from './cache-policy.ts';
import { must } from './written-limits.ts';

/** The longest that anything may say an answer is given again. */
export const LONGEST_TTL_SECONDS = 30 * 86_400;

const word = <Words extends readonly string[]>(words: Words) =>
  z.optional(z.enum(words, must(`must be one of ${words.join(', ')}`)));

const wholeFrom = (least: number, most: number) => {
  const error = must(`must be a whole number from ${least} to ${most}`);
  return z.optional(z.int(error).check(z.gte(least, error), z.lte(most, error)));
};

const cosine = must('must be a number from 0 to 1');

const policy = {
  mode: word(cacheModes),
  ttlSeconds: wholeFrom(1, LONGEST_TTL_SECONDS),
  scope: word(cacheScopes),
  temperature: word(cacheTemperatures),
  toolCalls: z.optional(z.boolean(must('must be true or false'))),
  threshold: z.optional(z.number(cosine).check(z.gte(0, cosine), z.lte(1, cosine))),
};

/** A cache policy as it is written for one tenant or one route. */
export const cachePolicy = z.optional(z.strictObject(policy));

/** The cache as it is configured for all. */
export const cacheConfig = z.optional(
  z.strictObject({
    ...policy,
    waitSeconds: wholeFrom(0, 900),
    lookMs: wholeFrom(1, 10_000),
    embeddings: z.optional(
      z.strictObject({
        model: z.optional(z.string().check(z.regex(/^\S+$/, 'must be provider/model'))),
        dimensions: wholeFrom(1, 16_000),
        budgetMs: wholeFrom(1, 10_000),
      }),
    ),
  }),
);

/** What holds where nobody says anything: no cache. The README says what the threshold was measured with. */
export const usualCache: CacheConfig = {
  mode: 'off',
  ttlSeconds: 3_600,
  scope: 'key',
  temperature: 'zero',
  toolCalls: false,
  threshold: 0.97,
  waitSeconds: 10,
  lookMs: 80,
  embeddings: { ...usualEmbedder, budgetMs: 150 },
};

/** The cache as it counts. A model that is named has as many dimensions as it says, or as it has. */
export function toCacheConfig(written: z.infer<typeof cacheConfig>): CacheConfig {
  const {
    waitSeconds = usualCache.waitSeconds,
    lookMs = usualCache.lookMs,
    embeddings = {},
    ...policy
  } = written ?? {};
  const { model, dimensions, budgetMs = usualCache.embeddings.budgetMs } = embeddings;
  const { model: usualModel, dimensions: usualDimensions } = usualCache.embeddings;
  return {
    ...overwritten(usualCache, policy),
    waitSeconds,
    lookMs,
    embeddings: {
      model: model ?? usualModel,
      dimensions: dimensions ?? (model ? undefined : usualDimensions),
      budgetMs,
    },
  };
}
