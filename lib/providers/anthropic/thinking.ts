import { GatewayError } from '../../errors.ts';
import type { Json, JsonObject } from '../../openai/json.ts';
import type { Abilities } from './abilities.ts';

/** What else in a request bears on thinking. */
export type Surroundings = {
  readonly abilities: Abilities;
  readonly maxTokens: number;
  /** A tool call is demanded. */
  readonly forced: boolean;
  /** The model is to continue its own words. */
  readonly prefilled: boolean;
  /** Tool results follow an assistant message that does not begin with the thought it began with. */
  readonly unsigned: boolean;
};

export type Thinking = {
  readonly thinking?: JsonObject;
  readonly effort?: string;
  /** Whether the request asks for thought. */
  readonly on: boolean;
  /** Whether the caller's wish found no place. */
  readonly dropped: boolean;
};

/** The least budget there is. https://platform.claude.com/docs/en/build-with-claude/extended-thinking */
const LEAST_BUDGET = 1024;
/** Beyond it, Anthropic advises against waiting for an answer. */
const MOST_BUDGET = 32_000;

/** The share of the output that may be spent on thought, for models with a budget. */
const shares: Readonly<Record<string, number>> = { low: 0.2, medium: 0.5, high: 0.8, xhigh: 0.8, max: 0.8 };
const LEVELS = Object.keys(shares);

/** OpenAI's `reasoning_effort` in the words of the model's generation. What cannot be is left out and said so. */
export function toThinking(effort: Json | undefined, circumstances: Surroundings): Thinking {
  if (effort === undefined || effort === null) return { on: false, dropped: false };
  if (effort === 'none' || effort === 'minimal') return hushed(circumstances.abilities);
  if (typeof effort !== 'string' || !LEVELS.includes(effort))
    throw new GatewayError('invalid_request_error', {
      param: 'reasoning_effort',
      message: `reasoning_effort must be one of none, minimal, ${LEVELS.join(', ')}.`,
    });
  switch (circumstances.abilities.thinking) {
    case 'never':
      return { on: false, dropped: true };
    case 'budget':
      return budgeted(effort, circumstances);
    case 'adaptive':
      return adaptive(effort, circumstances);
  }
}

function hushed({ quiet }: Abilities): Thinking {
  switch (quiet) {
    case 'unsaid':
      return { on: false, dropped: false };
    case 'disabled':
    case 'between_tools':
      return { thinking: { type: quiet }, on: false, dropped: false };
    case 'impossible':
      return { effort: 'low', on: true, dropped: true };
  }
}

function budgeted(effort: string, { maxTokens, forced, prefilled, unsigned }: Surroundings): Thinking {
  if (forced || prefilled || unsigned || maxTokens <= LEAST_BUDGET) return { on: false, dropped: true };
  const share = Math.floor(maxTokens * (shares[effort] ?? 0));
  const budget_tokens = Math.max(LEAST_BUDGET, Math.min(MOST_BUDGET, share));
  return { thinking: { type: 'enabled', budget_tokens }, on: true, dropped: false };
}

function adaptive(effort: string, { abilities, forced, prefilled }: Surroundings): Thinking {
  // Models that think unasked think before a demanded call, too; those that must be asked refuse the two together.
  if ((forced || prefilled) && abilities.quiet === 'unsaid') return { on: false, dropped: true };
  // Since 4.7 the text of thoughts comes only to those who ask for it.
  return {
    thinking: { type: 'adaptive', display: 'summarized' },
    effort: known(effort, abilities.efforts),
    on: true,
    dropped: false,
  };
}

/** The effort itself or, where the model does not know it, the next lower it does. */
function known(effort: string, efforts: readonly string[]): string {
  const upTo = LEVELS.slice(0, LEVELS.indexOf(effort) + 1);
  return upTo.findLast((level) => efforts.includes(level)) ?? 'low';
}
