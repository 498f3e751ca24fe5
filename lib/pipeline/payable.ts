import { unpricedFor } from '../ledger/ceiling.ts';
import type { ChatRequest } from '../openai/request.ts';
import type { Plan } from './plan.ts';

/** A plan without the targets of which it is not known what they ask for being served as the request wants; the plan as it is, where that is all of them. */
export function payable(plan: Plan, request: ChatRequest): Plan {
  const steps = plan.steps.filter(({ target }) => unpricedFor(request, [target]) === undefined);
  return steps.every(({ forLonger }) => forLonger) || steps.length === plan.steps.length ? plan : { ...plan, steps };
}
