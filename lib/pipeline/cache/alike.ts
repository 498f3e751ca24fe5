import type { Sought } from '../../recall.ts';
import { inTime } from '../../wire/in-time.ts';
import { timedOut } from '../patience.ts';
import type { Cacheable } from './cacheable.ts';
import type { CachedCaching } from './caching.ts';
import { ceilingOf, vectorOf } from './embedding.ts';
import { fewWordsApart } from './few-words-apart.ts';
import { type Remembered, toRemembered } from './given.ts';
import { toSimilar } from './similar.ts';

/** What came of the search for a question alike. */
export type Alike = {
  readonly remembered?: Remembered | undefined;
  /** Has the question found by those like it, once its own answer is kept. */
  readonly remember: (expiresAt: number) => Promise<void>;
};

const nothing: Alike = { remember: async () => {} };

/**
 * The kept answer to a question that means the same, of the same caller to the same model, with all else the same. Finds
 * nothing where that takes longer than its budget, or where the call's budgets have nothing left for it.
 */
export async function alike(caching: CachedCaching, cacheable: Cacheable): Promise<Alike> {
  const { patience, tally, hold, world, later } = cacheable;
  const { vectors } = world;
  const { comparable, question } = caching;
  if (comparable === undefined) return nothing;
  const similar = toSimilar(comparable);
  if (typeof similar === 'string' || vectors === undefined) {
    tally.cache.missed(typeof similar === 'string' ? similar : 'no-vectors');
    return nothing;
  }
  const { embedding, shape, words, budgetMs } = similar;
  const since = world.tick();
  const brief = timedOut(budgetMs, 'The search for a similar question took too long.', world, later);
  const unavailable = (error: unknown): undefined => {
    if (patience.signal.aborted) return undefined; // its caller has left
    tally.cache.missed(brief.aborted ? 'late' : 'unavailable');
    world.metrics.count(brief.aborted ? 'SemanticCacheLate' : 'SemanticCacheUnavailable');
    if (brief.aborted) return undefined;
    world.log.error('A similar question could not be looked for.', { id: tally.visit.id, cause: String(error) });
  };
  // Held before it is spent, as all that a call may cost.
  const paid = await inTime(world.ledger.raise(hold, ceilingOf(embedding)), brief).catch(unavailable);
  if (paid === false) tally.cache.missed('budget');
  if (!paid) return nothing;

  const seeking = vectorOf(embedding, cacheable).then((vector): Sought => {
    const { tenant, keyId, model } = question;
    return { embedder: embedding.target.name, vector, tenant, keyId, model, shape };
  });
  tally.cache.awaits(seeking);
  const remembered = await inTime(found(seeking, words, brief, caching, cacheable), brief).catch(unavailable);
  tally.waited(world.tick() - since);
  return {
    remembered,
    remember: async (expiresAt) => {
      const sought = await seeking.catch(() => undefined); // which was told when it failed
      if (sought === undefined) return;
      const placed = { key: question.key, source: tally.visit.id, expiresAt, words };
      await vectors.add({ ...sought, ...placed }).catch(unavailable);
    },
  };
}

/** The answer to the nearest question that is near enough, and no other question that merely looks like it. */
async function found(
  seeking: Promise<Sought>,
  words: readonly string[],
  brief: AbortSignal,
  { question, policy, maxAgeMs }: CachedCaching,
  { tally, world, later }: Cacheable,
): Promise<Remembered | undefined> {
  const { vectors } = world;
  const sought = await seeking;
  const nearest = (await vectors?.nearest(sought, brief)) ?? [];
  if (nearest[0] !== undefined) tally.cache.scored(nearest[0].score);
  const enough = nearest.filter((each) => each.score >= policy.threshold);
  const near = enough.find((each) => !fewWordsApart(words, each.words));
  if (near === undefined && enough.length > 0) tally.cache.missed('few-words-apart');
  if (near === undefined) return undefined;
  const { key, score } = near;
  const { answer } = await world.answers.find({ ...question, key }, brief);
  // Over, cleared or evicted. Should it stay, the next who finds it tries again.
  if (answer === undefined) later(async () => vectors?.remove(near, sought).catch(() => {}));
  if (answer === undefined || world.now() - answer.askedAt >= maxAgeMs) return undefined;
  return toRemembered(answer, { from: 'semantic-hit', model: question.model, key, score });
}
