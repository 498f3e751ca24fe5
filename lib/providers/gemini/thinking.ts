import { GatewayError } from '../../errors.ts';
import type { Json, JsonObject } from '../../openai/json.ts';
import { generationOf } from './models.ts';

const EFFORTS = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'] as const;
type Effort = (typeof EFFORTS)[number];

/** Tokens to think with, as Google's own compatible endpoint reads the efforts. https://ai.google.dev/gemini-api/docs/openai#thinking */
const budgets: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 24_576,
  max: 24_576,
};

/** 2.5 Pro cannot be kept from thinking; this is the least. */
const LEAST_BUDGET = 128;

/** How much a model is to think, and that its thoughts are wanted; undefined for a model that does not think, or when nothing is asked. */
export function toThinking(effort: Json | undefined, model: string): JsonObject | undefined {
  const asked = toEffort(effort);
  const generation = generationOf(model);
  if (asked === undefined || generation < 2.5) return undefined;
  const includeThoughts = asked !== 'none';
  if (generation >= 3) return { thinkingLevel: toLevel(asked, model, generation), includeThoughts };
  const least = /pro/i.test(model) ? LEAST_BUDGET : 0;
  return { thinkingBudget: Math.max(budgets[asked], least), includeThoughts };
}

function toEffort(effort: Json | undefined): Effort | undefined {
  if (effort === undefined || effort === null) return undefined;
  const known = EFFORTS.find((each) => each === effort);
  if (known !== undefined) return known;
  throw new GatewayError('invalid_request_error', {
    param: 'reasoning_effort',
    message: `reasoning_effort must be one of ${EFFORTS.join(', ')}.`,
  });
}

/** The nearest level a model has. None of them can be kept from thinking. https://docs.cloud.google.com/vertex-ai/generative-ai/docs/thinking */
function toLevel(effort: Effort, model: string, generation: number): string {
  if (effort === 'high' || effort === 'xhigh' || effort === 'max') return 'HIGH';
  if (effort === 'medium') return /gemini-3-pro/i.test(model) ? 'HIGH' : 'MEDIUM';
  return effort !== 'low' && /flash/i.test(model) && generation < 3.7 ? 'MINIMAL' : 'LOW';
}
