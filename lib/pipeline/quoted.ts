import { type Quote, quoteChat } from '../ledger/ceiling.ts';
import { unfolding } from '../openai/carried.ts';
import type { ChatRequest } from '../openai/request.ts';
import type { Target } from '../providers/provider.ts';

/** The ceiling of a chat call, with the thoughts that are folded into its ids read as they will be. */
export const quoted = (request: ChatRequest, targets: readonly Target[]): Quote =>
  quoteChat(request, targets, unfolding());
