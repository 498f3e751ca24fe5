import { toUsd } from '../catalog/price.ts';
import { GatewayError, type LimitView } from '../errors.ts';
import type { Kind, Refusal, Standing } from '../ledger/admission.ts';
import { toRateHeaders } from './rate-headers.ts';

/** A refusal of the ledger as the caller is told of it: scope, window, limit, what is spent, and when it resets. */
export function toRefused(refusal: Refusal, standing: Standing): GatewayError {
  const { kind, soon, retryAfterMs } = refusal;
  // What only calls under way stand in the way of is no empty budget: a moment later it may do.
  const code = kind === 'dollars' && !soon ? 'budget_exceeded' : 'rate_limit_exceeded';
  return new GatewayError(code, {
    message: sentence(refusal),
    limit: toView(refusal),
    headers: { ...toRateHeaders(standing), ...(retryAfterMs === undefined && { 'x-should-retry': 'false' }) },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

function sentence(refusal: Refusal): string {
  const { scope, kind, window, limit, spent, held, wanted, soon, resetAt, retryAfterMs } = refusal;
  const again = (when: string) => (retryAfterMs === undefined ? 'No wait can help.' : `Try again ${when}.`);
  if (scope.kind === 'provider')
    return `provider ${scope.name} is given as many ${kind === 'concurrent' ? 'calls at once' : kind} as its operator allows. ${again('in a moment')}`;
  const who = `${scope.kind} ${scope.name}`;
  if (kind === 'concurrent')
    return `${who} has ${spent + held} calls under way, and may have ${limit} at once (concurrent). ${again('when one has ended')}`;
  const used = `${amountOf(kind, spent)} of ${amountOf(kind, limit)} ${kind === 'dollars' ? 'is spent' : 'are used'}`;
  const under = held > 0 ? `, and calls under way hold ${amountOf(kind, held)}` : '';
  const budget = kind === 'dollars' ? `budget of ${who} for the ${window}` : `limit of ${kind} per minute of ${who}`;
  if (soon) return `Calls under way take up the ${budget}: ${used}${under}. Try again when one has ended.`;
  if (kind !== 'dollars') return `The ${budget} is reached: ${used}${under}. ${again('as Retry-After says')}`;
  const reset = resetAt === undefined ? 'It does not reset.' : `It resets at ${new Date(resetAt).toISOString()}.`;
  const state = wanted > limit ? 'is too small for this call' : 'is used up';
  return `The ${budget} ${state}: ${used}${under}, and this call may cost ${amountOf(kind, wanted)}. ${reset}`;
}

const amountOf = (kind: Kind, amount: number): string => (kind === 'dollars' ? `$${toUsd(amount)}` : String(amount));

/** How full a provider is, all tenants taken together, is no tenant's business. */
function toView({ scope, kind, window, limit, spent, held, resetAt }: Refusal): LimitView {
  const number = (amount: number) => (kind === 'dollars' ? Number(toUsd(amount)) : amount);
  const shown = scope.kind === 'provider' ? { limit: 0, spent: 0, held: 0 } : { limit, spent, held };
  return {
    scope: scope.kind,
    name: scope.name,
    kind,
    ...(window !== undefined && { window }),
    limit: number(shown.limit),
    spent: number(shown.spent),
    held: number(shown.held),
    ...(resetAt !== undefined && { resets_at: new Date(resetAt).toISOString() }),
  };
}
