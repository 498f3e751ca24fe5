import type { GuardrailConfig } from '../../config/guard-policy.ts';
import { GatewayError } from '../../errors.ts';
import { toError } from '../bedrock/refusal.ts';
import type { Place } from '../provider.ts';
import { asObject, type Wire, wireCount, wireList, wireObject, wireText } from '../wire.ts';
import { type GuardDialect, noVerdict } from './guard-dialect.ts';

/** A text unit has up to so many characters. https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-quotas.html */
const UNIT_CHARACTERS = 1000;

/**
 * What a text unit costs by each policy of a guardrail, in nano-dollars, and what cannot be counted here: words, and
 * patterns of the operator's own, are free. https://aws.amazon.com/bedrock/pricing, by reports of it read 2026-11-26.
 */
const prices: Readonly<Record<string, number>> = {
  contentPolicyUnits: 150_000,
  topicPolicyUnits: 150_000,
  sensitiveInformationPolicyUnits: 100_000,
  contextualGroundingPolicyUnits: 100_000,
  automatedReasoningPolicyUnits: 170_000,
};

/** So many policies of reasoning a guardrail has at most, and their units are one count. */
const MOST_REASONING = 2;
/** All of them at once. */
const DEAREST = Object.values(prices).reduce((sum, price) => sum + price, (MOST_REASONING - 1) * 170_000);

/**
 * A guardrail of Bedrock's, by ApplyGuardrail: a text passes unless the guardrail intervenes. One that would put a mask
 * over something intervenes, too, and nothing passes: what is to be masked is for redaction.
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html
 */
export function bedrockGuardrail(settings: GuardrailConfig, place: Place): GuardDialect {
  const { guardrail = '', version = 'DRAFT', usdPerThousandUnits } = settings;
  const override = usdPerThousandUnits === undefined ? undefined : Math.round(usdPerThousandUnits * 1e6);
  return {
    model: `guardrail/${guardrail}:${version}`,
    mostCharacters: 25 * UNIT_CHARACTERS,

    toProvider: (text, side) => ({
      via: 'guardrail',
      ...(place.baseUrl !== '' && { endpoint: place.baseUrl }),
      region: place.region ?? '',
      guardrail,
      version,
      body: JSON.stringify({ source: side.toUpperCase(), content: [{ text: { text } }] }),
    }),

    fromProvider(body, provider) {
      const { action, usage, assessments } = asObject(body, provider);
      if (action !== 'NONE' && action !== 'GUARDRAIL_INTERVENED')
        throw new GatewayError('provider_error', { provider, inBand: true, message: noVerdict(provider) });
      return {
        blocked: action === 'NONE' ? [] : reasonsIn(wireList(assessments)),
        nanoDollars: usage === undefined ? undefined : costOf(wireObject(usage), override),
      };
    },

    ceiling: (text) => unitsOf(text) * (override === undefined ? DEAREST : MOST_REASONING * override),
    toError,
  };
}

/** What is wrong with its settings, as the end of a sentence. */
export function bedrockGuardrailProblem({ guardrail, version = 'DRAFT' }: GuardrailConfig, { region }: Place) {
  const arn = /^arn:aws[\w-]*:bedrock:([a-z0-9-]+):\d{12}:guardrail\/[a-z0-9]+$/.exec(guardrail ?? '');
  if (arn === null && !/^[a-z0-9]+$/.test(guardrail ?? ''))
    return 'needs guardrail: its id, such as gr1a2b3c4d5e, or ARN';
  if (arn !== null && arn[1] !== region)
    return `has a guardrail in ${arn[1]}, and its provider is in ${region}: name a provider there`;
  return /^([1-9][0-9]{0,7}|DRAFT)$/.test(version) ? undefined : 'must have a version such as "1", or DRAFT';
}

/** By UTF-16, which counts no character as less than one. */
const unitsOf = (text: string): number => Math.max(1, Math.ceil(text.length / UNIT_CHARACTERS));

/** With a price of the operator's own it is that of a unit, by whatever policies it went. */
function costOf(usage: Wire, override: number | undefined): number {
  const units = Object.keys(prices).map((policy) => [policy, wireCount(usage[policy]) ?? 0] as const);
  if (override !== undefined) return Math.max(0, ...units.map(([, count]) => count)) * override;
  return units.reduce((sum, [policy, count]) => sum + count * (prices[policy] ?? 0), 0);
}

/** What it found, by its policies: names that the operator gave, or the service, and never what was matched. */
function reasonsIn(assessments: readonly Wire[]): readonly string[] {
  const found = assessments.flatMap((each) => {
    const [topic, content, word, personal, grounding] = [
      each.topicPolicy,
      each.contentPolicy,
      each.wordPolicy,
      each.sensitiveInformationPolicy,
      each.contextualGroundingPolicy,
    ].map(wireObject);
    return [
      ...named('topic', topic?.topics, 'name'),
      ...named('content', content?.filters, 'type'),
      ...wireList(word?.customWords)
        .filter(intervened)
        .map(() => 'word'),
      ...named('word', word?.managedWordLists, 'type'),
      ...named('personal', personal?.piiEntities, 'type'),
      ...named('pattern', personal?.regexes, 'name'),
      ...named('grounding', grounding?.filters, 'type'),
    ];
  });
  return found.length === 0 ? ['intervened'] : [...new Set(found)].sort();
}

const named = (kind: string, list: unknown, field: string): readonly string[] =>
  wireList(list)
    .filter(intervened)
    .map((each) => `${kind} ${(wireText(each[field]) ?? '').slice(0, 100)}`.trim());

const intervened = ({ action }: Wire): boolean => action !== 'NONE';
