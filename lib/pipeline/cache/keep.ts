import type { ChatCompletion } from '../../openai/answer.ts';
import type { Recalled } from '../../recall.ts';
import type { World } from '../../world.ts';
import type { Tally } from '../tally.ts';
import type { CachedCaching } from './caching.ts';
import { toText } from './kept-text.ts';

/**
 * Keeps an answer for whoever asks the same, if it is a complete and ordinary one of the very model that was asked.
 * Gives it as it was kept.
 */
export async function keep(
  completion: ChatCompletion,
  { question, policy }: CachedCaching,
  tally: Tally,
  world: World,
): Promise<Recalled | undefined> {
  const { id, startedAt } = tally.visit;
  if (tally.failure() !== undefined || tally.unread() || tally.target()?.name !== question.model) return undefined;
  if (!ordinary(completion, tally.ask.request.n ?? 1, policy.toolCalls)) return undefined;
  const answer: Recalled = {
    text: toText({ completion, dropped: tally.dropped() }),
    source: id,
    madeBy: tally.caller.keyId,
    askedAt: startedAt,
    expiresAt: world.now() + 1000 * policy.ttlSeconds,
    nanoDollars: tally.owed().nanoDollars,
    tookMs: Math.round(tally.totalMs()),
  };
  try {
    return (await world.answers.keep(question, answer)) ? answer : undefined;
  } catch (error) {
    world.metrics.count('CacheUnavailable');
    world.log.error('An answer could not be kept.', { id, cause: String(error) });
    return undefined;
  }
}

/** Whether an answer is as long as it wanted to be, says something, and has nothing in it that another caller should not just be given. */
export function ordinary({ choices }: ChatCompletion, asked: number, toolCalls: boolean): boolean {
  return (
    choices.length >= asked &&
    choices.every(
      ({ finish_reason: finish, message: { content, refusal, tool_calls: calls, function_call: call } }) => {
        if (refusal || call) return false;
        const called = Array.isArray(calls) && calls.length > 0;
        if (called) return toolCalls && (finish === 'tool_calls' || finish === 'stop');
        return finish === 'stop' && typeof content === 'string' && content !== '';
      },
    )
  );
}
