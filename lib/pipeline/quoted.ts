import { type Quote, quoteChat } from '../ledger/ceiling.ts';
import { unfolding } from '../openai/carried.ts';
import type { ChatRequest } from '../openai/request.ts';
import type { Target } from '../providers/provider.ts';

/** The ceiling of a chat call, with the thoughts that are folded into its ids read as they will be. */
export const quoted = (request: ChatRequest, targets: readonly Target[]): Quote =>
  quoteChat(request, targets, unfolding());

/** A ceiling that is reckoned when somebody first asks for it: a call that nothing limits needs none. */
export function whenAsked(reckon: () => Quote): () => Quote {
  let quote: Quote | undefined;
  return () => {
    quote ??= reckon();
    return quote;
  };
}
