import { expect, test } from 'vitest';
import { toUsageView } from '../../../lib/providers/gemini/usage.ts';

const details = (text: number, audio: number) => [
  { modality: 'TEXT', tokenCount: text },
  { modality: 'AUDIO', tokenCount: audio },
];

test('tokens are counted as OpenAI counts them', () => {
  const view = toUsageView({
    promptTokenCount: 100,
    toolUsePromptTokenCount: 20,
    candidatesTokenCount: 30,
    thoughtsTokenCount: 40,
    cachedContentTokenCount: 50,
    totalTokenCount: 190,
    promptTokensDetails: details(60, 40),
    cacheTokensDetails: details(40, 10),
    serviceTier: 'flex',
  });
  expect(view).toEqual({
    prompt_tokens: 120,
    completion_tokens: 70,
    total_tokens: 190,
    prompt_tokens_details: { cached_tokens: 50, audio_tokens: 30 },
    completion_tokens_details: { reasoning_tokens: 40 },
    service_tier: 'flex',
  });
});

test('an answer that was all thought still has its tokens', () => {
  expect(
    toUsageView({ promptTokenCount: 5, thoughtsTokenCount: 4, totalTokenCount: 9, trafficType: 'ON_DEMAND' }),
  ).toMatchObject({
    prompt_tokens: 5,
    completion_tokens: 4,
    total_tokens: 9,
    service_tier: 'ON_DEMAND',
  });
});

test('what holds no counts is no usage', () => {
  expect(toUsageView({ trafficType: 'ON_DEMAND' })).toBeUndefined();
  expect(toUsageView(undefined)).toBeUndefined();
});
