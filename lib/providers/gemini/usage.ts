import type { UsageView } from '../../openai/answer.ts';
import type { Json } from '../../openai/json.ts';
import { countIn, objectIn, objectsIn, textIn } from './fields.ts';

/**
 * Gemini's token counts as OpenAI's usage; undefined where there are none yet, as in Vertex AI's early chunks.
 * Cached tokens are inside the prompt's; thoughts are beside the candidates', which are missing when thinking took all.
 * How the call was served, which may have a price, stands beside the counts.
 */
export function toUsageView(usageMetadata: Json | undefined): UsageView | undefined {
  const counts = objectIn(usageMetadata);
  if (counts.promptTokenCount === undefined && counts.totalTokenCount === undefined) return undefined;
  const reasoning_tokens = countIn(counts.thoughtsTokenCount);
  const prompt_tokens = countIn(counts.promptTokenCount) + countIn(counts.toolUsePromptTokenCount);
  const completion_tokens = countIn(counts.candidatesTokenCount) + reasoning_tokens;
  const heard = audioIn(counts.promptTokensDetails) - audioIn(counts.cacheTokensDetails);
  const spoken = audioIn(counts.candidatesTokensDetails);
  const service_tier = textIn(counts.serviceTier) ?? textIn(counts.trafficType);
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens: prompt_tokens + completion_tokens,
    prompt_tokens_details: {
      cached_tokens: countIn(counts.cachedContentTokenCount),
      ...(heard > 0 && { audio_tokens: heard }),
    },
    completion_tokens_details: { reasoning_tokens, ...(spoken > 0 && { audio_tokens: spoken }) },
    ...(service_tier !== undefined && { service_tier }),
  };
}

/** The tokens of a count by modality that are sound. */
const audioIn = (details: Json | undefined): number =>
  objectsIn(details).reduce(
    (sum, { modality, tokenCount }) => sum + (modality === 'AUDIO' ? countIn(tokenCount) : 0),
    0,
  );
