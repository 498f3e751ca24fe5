import { completionTokens, promptTokens } from '../catalog/usage.ts';
import type { Attempt, CallRecord } from '../world.ts';
import type { Line } from './emf.ts';
import { errorsBy } from './errors-by-source.ts';
import type { Values } from './metric-names.ts';

/**
 * A call as metrics: one line of who answered, or failed last, and one more of each other target that was tried. What
 * mostly does not happen is left out while it does not: a metric is paid for by the hours in which it has a value.
 */
export function toCallLines(call: CallRecord): readonly Line[] {
  const { id, tenant, keyId, user, feature, errorCode, cache, attempts, model = '' } = call;
  const about = { id, tenant, keyId, user, feature, errorCode, cache };
  // A model that is not there is only a word of the caller's, and each new word would be a metric to pay for.
  const answering = errorCode === 'model_not_found' ? `${providerOf(model)}/` : model;
  const others = [...new Set(attempts.map(({ target }) => target))].filter((target) => target !== model);
  return [
    { values: toValues(call), by: byTarget(answering), about },
    ...others.map((target) => ({ values: { TargetFailed: fateOf(target, attempts) }, by: byTarget(target), about })),
  ].filter(({ values }) => Object.values(values).some((value) => value !== undefined));
}

function toValues(call: CallRecord): Values {
  const { bill, errorCode, cache, savedNanoUsd = 0, firstContentMs, totalMs, ownMs, attempts, model = '' } = call;
  const hit = cache === 'hit' || cache === 'semantic-hit';
  const [first] = attempts;
  const errors = errorCode === undefined ? undefined : errorsBy(errorCode);
  const failed = attempts.filter(({ status }) => status !== 200);
  return {
    Calls: 1,
    Faults: errors === undefined || errors === 'CallerErrors' ? 0 : 1, // always there, for a rate cannot be made of what is not
    PromptTokens: promptTokens(bill.usage),
    CompletionTokens: completionTokens(bill.usage),
    CostUsd: bill.nanoDollars / 1e9,
    LatencyMs: totalMs,
    FirstTokenMs: firstContentMs,
    OwnMs: ownMs,
    TargetFailed: fateOf(model, attempts),
    ...(errors !== undefined && { Errors: 1, [errors]: 1 }),
    ...(hit && { CacheHits: 1, SavedUsd: savedNanoUsd / 1e9 }),
    Fallbacks: unlessNone(Number(errorCode === undefined && first !== undefined && first.target !== model)),
    Retries: unlessNone(failed.filter((attempt) => attempt !== attempts.at(-1)).length),
    Throttles: unlessNone(failed.filter(({ status }) => status === 429).length),
  };
}

/** 1 where a target did not answer once, 0 where it did, whatever it said; undefined where nobody knows, or nobody asked it. */
function fateOf(target: string, attempts: readonly Attempt[]): 0 | 1 | undefined {
  const known = attempts.filter((attempt) => attempt.target === target && attempt.status !== 'closed');
  if (known.length === 0) return undefined;
  return known.every(({ status }) => typeof status === 'string' || unwell(status)) ? 1 : 0;
}

/** The statuses by which a provider says that it does not work, or not for us. */
const unwell = (status: number) => status >= 500 || [401, 402, 403, 408, 429].includes(status);

const unlessNone = (count: number) => (count > 0 ? count : undefined);

const providerOf = (target: string) => target.split('/', 1)[0] ?? '';

/** `provider/model` as the two dimensions; a call that reached nobody is of nobody known. */
const byTarget = (target: string) => ({
  provider: providerOf(target) || 'unknown',
  model: target.slice(providerOf(target).length + 1) || 'unknown',
});
