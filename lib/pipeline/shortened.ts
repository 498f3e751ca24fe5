import { affordable, type Quote } from '../ledger/ceiling.ts';
import { askedIn, limitedTo } from '../ledger/output-bound.ts';
import type { ChatRequest } from '../openai/request.ts';
import type { Target } from '../providers/provider.ts';
import type { Admitted } from './admit.ts';
import type { Bounds } from './attempt.ts';
import { quoted } from './quoted.ts';

/** A request that cannot run past what is held for it, whichever target it goes to. */
export type Shortened = {
  readonly requestFor: (target: Target) => ChatRequest;
  /** The limit that was set on each choice, where one had to be. */
  readonly limitFor: (target: Target) => number | undefined;
  /** The most the target can read and write of it. */
  readonly boundsFor: (target: Target) => Bounds;
};

/**
 * Limits a request to what its budgets pay for: where they had less left than its ceiling, and where neither it nor the
 * model has a limit. A call that no dollar limit is over stays as it is.
 */
export function shortened(request: ChatRequest, quote: () => Quote, { capped, hold }: Admitted): Shortened {
  const paid = capped ? paidFor(quote(), hold.nanoDollars) : Number.POSITIVE_INFINITY;
  const requestFor = (target: Target) => (capped ? limitedTo(request, target, paid) : request);
  return {
    requestFor,
    limitFor: (target) => {
      const sent = requestFor(target);
      return sent === request ? undefined : askedIn(sent);
    },
    boundsFor: (target) => {
      const { inputTokens, outputTokens, limit, offers } = quoted(requestFor(target), [target]);
      // A limit that is left in the quote is one that was reckoned with and not sent: the answer may run past it.
      return { inputTokens, outputTokens: limit === undefined ? outputTokens : Number.POSITIVE_INFINITY, offers };
    },
  };
}

/** The most tokens of a choice that what is held pays for. */
const paidFor = (quote: Quote, nanoDollars: number): number =>
  nanoDollars < quote.nanoDollars ? affordable(quote, nanoDollars) : Number.POSITIVE_INFINITY;
