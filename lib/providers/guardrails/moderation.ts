import type { GuardrailConfig } from '../../config/guard-policy.ts';
import { GatewayError } from '../../errors.ts';
import { toError } from '../compatible/refusal.ts';
import { asObject, wireList, wireObject } from '../wire.ts';
import { type GuardDialect, noVerdict } from './guard-dialect.ts';

/** What judges where nobody names another. */
const USUAL_MODEL = 'omni-moderation-latest';
/** Far below what one request may have, so that a long text is several questions and none is refused for its length. */
const MOST_CHARACTERS = 25_000;

/**
 * OpenAI's moderation, and what speaks like it: a text passes unless it is flagged.
 * https://platform.openai.com/docs/api-reference/moderations, read 2026-11-26: it costs nothing.
 */
export function moderation({ model = USUAL_MODEL }: GuardrailConfig, baseUrl: string): GuardDialect {
  return {
    model,
    mostCharacters: MOST_CHARACTERS,

    toProvider: (text) => ({
      via: 'http',
      method: 'POST',
      url: `${baseUrl}/moderations`,
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ model, input: text }),
    }),

    fromProvider(body, provider) {
      const results = wireList(asObject(body, provider).results);
      if (results.length === 0 || !results.every(({ flagged }) => typeof flagged === 'boolean'))
        throw new GatewayError('provider_error', { provider, inBand: true, message: noVerdict(provider) });
      const flagged = results.filter((each) => each.flagged === true);
      const categories = new Set(flagged.flatMap((each) => categoriesOf(wireObject(each.categories))));
      return { blocked: flagged.length === 0 ? [] : [...categories].sort(), nanoDollars: 0 };
    },

    ceiling: () => 0,
    toError,
  };
}

/** The names of what was found; should none be named, it was flagged all the same. */
function categoriesOf(categories: Readonly<Record<string, unknown>>): readonly string[] {
  const named = Object.keys(categories).filter((name) => categories[name] === true && /^[\w/ -]{1,64}$/.test(name));
  return named.length === 0 ? ['flagged'] : named;
}
