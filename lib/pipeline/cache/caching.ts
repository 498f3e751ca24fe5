import type { Caller } from '../../caller.ts';
import { type CachePolicy, narrowed, overwritten, stricter } from '../../config/cache-policy.ts';
import type { Config } from '../../config/config.ts';
import { usualCache } from '../../config/written-cache.ts';
import type { Json } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import type { Question } from '../../recall.ts';
import type { Ask } from '../parse.ts';
import { outermost, type Plan } from '../plan.ts';
import { hashOf, shapeOf, significant } from './significant.ts';
import type { Comparable } from './similar.ts';

/** What may come from a cache, or go into one, for a call. */
export type Caching =
  | { readonly mode: 'off' /** Why, where its operator would allow it. */; readonly reason?: string }
  | {
      readonly mode: 'exact' | 'semantic';
      readonly policy: CachePolicy;
      readonly question: Question;
      /** Whether a kept answer, or one that another call is getting, will do. */
      readonly reads: boolean;
      /** How old an answer may be that is given again. */
      readonly maxAgeMs: number;
      /** Calls of which this is the same come to the same answer in the same time, and may be one. */
      readonly flight: string;
      /** Whether they may: what calls tools is not for another where that is not allowed. */
      readonly shares: boolean;
      readonly waitMs: number;
      /** How long the cache may take, once nothing else keeps the call. */
      readonly lookMs: number;
      /** By what questions that mean the same are found, where that is asked for. */
      readonly comparable: Comparable | undefined;
    };

/** What a call may have of the caches, where they are on. */
export type CachedCaching = Exclude<Caching, { mode: 'off' }>;

/**
 * What the caches may do for a call: what is written for all, the tenant and the route, and the caller's own wish, each
 * of which can only narrow the others. Where several have a say, the strictest counts.
 */
export function toCaching(ask: Ask<ChatRequest>, plan: Plan, caller: Caller, config: Config): Caching {
  const { cache: all = usualCache } = config;
  const { request, cache: wish } = ask;
  const first = plan.steps[0]?.target;
  const { cache: route = {} } = outermost(request.model, config);
  const operator = overwritten(all, stricter(caller.cache ?? {}, route)); // what both leave out is as for all
  const policy = narrowed(operator, { ...wish.narrower, mode: wish.mode ?? 'exact' }); // by meaning only for those who ask for it
  if (operator.mode === 'off' || first === undefined) return { mode: 'off' };
  if (policy.mode === 'off' || !wish.stores) return { mode: 'off' };
  const { temperature } = request;
  if (policy.temperature === 'zero' && typeof temperature === 'number' && temperature > 0)
    return { mode: 'off', reason: 'temperature' };
  const { tenant } = caller;
  const keyId = policy.scope === 'key' ? caller.keyId : undefined;
  // An answer that calls tools is kept only where that is allowed: it must not be found from where it is not.
  const asked = [shapeOf(first), ask.strict, policy.toolCalls];
  const key = hashOf(['answer 2', tenant, keyId ?? null, asked, significant(request)]);
  const maxAgeMs = 1000 * Math.min(policy.ttlSeconds, wish.maxAgeSeconds);
  return {
    mode: policy.mode,
    policy,
    question: { tenant, keyId, model: first.name, key },
    reads: wish.reads,
    maxAgeMs,
    flight: hashOf([key, waysOf(ask), policy.mode === 'semantic' ? [policy.threshold, maxAgeMs] : null, stepsOf(plan)]),
    shares: policy.toolCalls || !offersTools(request),
    waitMs: 1000 * all.waitSeconds,
    lookMs: all.lookMs,
    comparable: policy.mode === 'semantic' ? { ask, asked, caller, config } : undefined,
  };
}

const offersTools = ({ tools, functions }: ChatRequest): boolean =>
  [tools, functions].some((offered) => Array.isArray(offered) && offered.length > 0);

/** What an answer depends on besides its question: how it is sent, and how long it may take. */
const waysOf = ({ request, patience, firstTokenMs }: Ask<ChatRequest>): Json => [
  request.stream === true,
  patience ?? null,
  firstTokenMs ?? null,
];

const stepsOf = ({ steps, callMs }: Plan): Json => [
  callMs ?? null,
  ...steps.map(({ target, tries, timeouts, forLonger }) => [
    shapeOf(target),
    tries ?? null,
    { ...timeouts },
    forLonger ?? false,
  ]),
];
