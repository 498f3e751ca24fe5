import { researchOf } from '../catalog/overheads.ts';
import { knowsService, type Price } from '../catalog/price.ts';
import { type Fields, keepsAnHour, type Quotable, searches, speaks, type Way, waysOf } from './ceiling-request.ts';
import { costAt, type Terms, termsOf, tokensFor } from './ceiling-terms.ts';
import { inputBound, inputEstimate, type Reading, toReading, toTextReading } from './input-bound.ts';
import type { Unfold } from './input-bound-text.ts';
import { heard } from './media.ts';
import { askedIn, type OutputBound, outputBound, USUAL_LIMIT } from './output-bound.ts';

/** A target, as far as a price depends on it. */
export type Priced = {
  /** `provider/model`. */
  readonly name: string;
  readonly price: Price;
  readonly mostOutputTokens?: number;
  /** True where a request cannot say how it is to be served. */
  readonly oneWay?: boolean;
};

/** The most a call can come to, on whichever of its targets. No estimate: what is reported afterwards is never more. */
export type Quote = {
  readonly inputTokens: number;
  /** Of all choices together. */
  readonly outputTokens: number;
  readonly nanoDollars: number;
  /** The same, were each choice cut to the least that is still a useful answer. */
  readonly leastNanoDollars: number;
  /** An estimate, for limits of tokens a minute. */
  readonly tokens: number;
  /** The limit of a choice that `limitedTo` sends to the targets whose own is not known. */
  readonly limit?: number;
  /** The parameter that asks a target for a way of being served whose price is not known: then this is no ceiling. */
  readonly unpriced?: string;
  readonly offers: readonly Offer[];
};

/** What one target's answer may come to. */
type Offer = { readonly output: OutputBound; readonly terms: Terms };

/** The least tokens of a choice that is worth paying for, if more was asked for. */
const USEFUL_TOKENS = 256;
/** What a choice usually comes to where nobody says how long it may be; for estimates. */
const USUAL_TOKENS = 1024;
/** The most searches a provider makes in a call that lets it search. Stated here; no provider promises a number. */
const MOST_SEARCHES = 16;

/** Words for being served at list price, or for less. */
const ordinary = new Set([
  ...['', 'auto', 'default', 'standard', 'standard_only', 'on_demand', 'not_available', 'global'],
  ...['flex', 'batch'],
]);

/** The ceiling of a chat call. */
export function quoteChat(request: Quotable, targets: readonly Priced[], unfold: Unfold): Quote {
  const reading = toReading(request, unfold);
  const ways = waysOf(request);
  const known = {
    heard: heard(reading.media),
    spoken: speaks(request),
    hourly: keepsAnHour(request),
    ways,
  };
  const asked = askedIn(request);
  const searched = searches(request) ? MOST_SEARCHES : 0;
  const quoted = targets.map(({ name, price, mostOutputTokens }) => {
    const inputTokens = inputBound(reading, name);
    const research = researchOf(name);
    const output = outputBound(request, mostOutputTokens);
    const terms = termsOf(price, {
      ...known,
      inputTokens,
      citationTokens: research.citations,
      searches: Math.max(searched, research.searches),
    });
    const likely = (asked ?? Math.min(USUAL_TOKENS, output.eachChoice)) * output.choices;
    const offer: Offer = { output: { ...output, besides: output.besides + research.thoughts }, terms };
    return { inputTokens, offer, tokens: inputEstimate(reading, name) + likely };
  });
  return toQuote(quoted, unpricedIn(ways, targets));
}

/** The ceiling of an embedding call. */
export function quoteEmbedding(
  request: Fields & { readonly input: readonly string[] | readonly (readonly number[])[] },
  targets: readonly Priced[],
): Quote {
  const reading: Reading = toTextReading(request.input);
  const ways = waysOf(request);
  const plain = { citationTokens: 0, searches: 0, heard: false, spoken: false, hourly: false, ways };
  const output: OutputBound = { choices: 1, eachChoice: 0, besides: 0, unlimited: false };
  return toQuote(
    targets.map(({ name, price }) => {
      const inputTokens = inputBound(reading, name);
      const terms = termsOf(price, { ...plain, inputTokens });
      return { inputTokens, offer: { output, terms }, tokens: inputEstimate(reading, name) };
    }),
    unpricedIn(ways, targets),
  );
}

/** The most tokens a choice may have for the call to come to no more than so many nano-dollars on any target; 0 for none at all. */
export function affordable({ offers }: Quote, nanoDollars: number): number {
  const widest = Math.max(...offers.map(({ output }) => output.eachChoice));
  const each = offers.map((offer) => {
    const { output, terms } = offer;
    if (comesTo(offer, output.eachChoice) <= BigInt(nanoDollars)) return widest;
    const tokens = tokensFor(terms, BigInt(nanoDollars)) - BigInt(output.besides);
    return tokens < 0n ? 0 : Number(tokens / BigInt(output.choices));
  });
  return Math.min(...each);
}

/** The most so many tokens can come to on any target, whatever kinds of token they are and however the call was served. */
export const mostFor = ({ offers }: Pick<Quote, 'offers'>, inputTokens: number, outputTokens: number): number =>
  held(offers.map(({ terms }) => costAt(terms, BigInt(outputTokens), BigInt(inputTokens))));

function toQuote(
  quoted: readonly { readonly inputTokens: number; readonly offer: Offer; readonly tokens: number }[],
  unpriced: string | undefined,
): Quote {
  const offers = quoted.map(({ offer }) => offer);
  const most = (ofOffer: (offer: Offer) => bigint) => held(offers.map(ofOffer));
  return {
    inputTokens: Math.max(...quoted.map(({ inputTokens }) => inputTokens)),
    outputTokens: most(({ output }) => tokensOf(output, output.eachChoice)),
    nanoDollars: most((offer) => comesTo(offer, offer.output.eachChoice)),
    leastNanoDollars: most((offer) => comesTo(offer, Math.min(USEFUL_TOKENS, offer.output.eachChoice))),
    tokens: held(quoted.map(({ tokens }) => BigInt(tokens))),
    ...(offers.some(({ output }) => output.unlimited) && { limit: USUAL_LIMIT }),
    ...(unpriced !== undefined && { unpriced }),
    offers,
  };
}

/** The parameter that asks one of the targets for a way of being served whose price is not known there. */
export const unpricedFor = (request: Quotable, targets: readonly Priced[]): string | undefined =>
  unpricedIn(waysOf(request), targets);

function unpricedIn(ways: readonly Way[], targets: readonly Priced[]): string | undefined {
  const dear = ways.filter(({ word }) => !ordinary.has(word));
  return dear.find(({ word }) => targets.some(({ price, oneWay }) => !oneWay && !knowsService(price, word)))?.param;
}

const comesTo = ({ output, terms }: Offer, eachChoice: number): bigint => costAt(terms, tokensOf(output, eachChoice));

const tokensOf = ({ choices, besides }: OutputBound, eachChoice: number): bigint =>
  BigInt(choices) * BigInt(eachChoice) + BigInt(besides);

/** The largest, or the largest number that can be held exactly: no budget pays for either. */
function held(amounts: readonly bigint[]): number {
  const most = amounts.reduce((largest, each) => (each > largest ? each : largest), 0n);
  return most > Number.MAX_SAFE_INTEGER ? Number.MAX_SAFE_INTEGER : Number(most);
}
