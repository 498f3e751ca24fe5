import type { Json, JsonObject } from '../../openai/json.ts';
import { objectIn, objectsIn } from './fields.ts';

/** Log probabilities as OpenAI's; undefined where there are none. */
export function toLogprobs(logprobsResult: Json | undefined) {
  const { chosenCandidates, topCandidates } = objectIn(logprobsResult);
  const chosen = objectsIn(chosenCandidates);
  if (chosen.length === 0) return undefined;
  const top = objectsIn(topCandidates);
  const content = chosen.map((token, at) => ({
    ...toToken(token),
    top_logprobs: objectsIn(top[at]?.candidates).map(toToken),
  }));
  return { content, refusal: null };
}

function toToken({ token, logProbability }: JsonObject) {
  const text = typeof token === 'string' ? token : '';
  return {
    token: text,
    logprob: typeof logProbability === 'number' ? logProbability : 0,
    bytes: [...Buffer.from(text)],
  };
}
