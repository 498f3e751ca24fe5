import type { Factor, Price, Rates } from '../catalog/price.ts';
import type { Bucket } from '../catalog/usage.ts';
import { leavesTier, type Way } from './ceiling-request.ts';

/** All of a call that its price may depend on, but how much is written. */
export type PricedCall = {
  readonly inputTokens: number;
  /** Sources that are read beside the prompt. */
  readonly citationTokens: number;
  readonly searches: number;
  /** Whether there is sound in the prompt, or in the answer. */
  readonly heard: boolean;
  readonly spoken: boolean;
  /** Whether some of the prompt is kept for an hour. */
  readonly hourly: boolean;
  /** How the call asks to be served. */
  readonly ways: readonly Way[];
};

/** The most a call comes to: nano-dollars of fees, and fractions of them for each token that is read or written. */
export type Terms = {
  readonly fees: bigint;
  /** The most tokens that are read, and what each of them and the sources beside them come to. */
  readonly inputTokens: bigint;
  readonly eachRead: bigint;
  readonly cited: bigint;
  readonly eachToken: bigint;
  /** How many of the fractions are a nano-dollar. */
  readonly perNano: bigint;
};

/** The dearest terms on which a call may be served. */
export function termsOf(price: Price, call: PricedCall): Terms {
  const { inputTokens, citationTokens, searches } = call;
  const factors = [
    ...call.ways.flatMap(({ word }) => factorOf(price, word)),
    ...(leavesTier(call.ways) ? unaskedFactor(price) : []),
  ];
  const over = factors.reduce((product, each) => product * BigInt(each.over), 1n);
  const tables = [price, ...(price.tiers ?? []).filter(({ above }) => inputTokens > above)];
  const dearest = (kinds: readonly Bucket[]) => largest(tables.flatMap((rates) => kinds.map(rateIn(rates, factors))));
  const heard: readonly Bucket[] = call.heard ? ['audioInput'] : [];
  const kept: readonly Bucket[] = call.hourly ? ['cacheWrite1h'] : [];
  return {
    fees: BigInt(searches) * BigInt(price.search ?? 0) + BigInt(requestFee(price)),
    inputTokens: BigInt(inputTokens),
    eachRead: dearest(['input', 'cacheRead', 'cacheWrite', ...heard, ...kept]),
    cited: BigInt(citationTokens) * dearest(['citation']),
    eachToken: dearest(call.spoken ? ['output', 'reasoning', 'audioOutput'] : ['output', 'reasoning']),
    // Micro-dollars per million tokens are pico-dollars a token, here in fractions of `over`.
    perNano: over * 1000n,
  };
}

/** What writing so many tokens comes to, in nano-dollars, when so many were read. */
export function costAt(terms: Terms, outputTokens: bigint, inputTokens = terms.inputTokens): bigint {
  const { fees, eachToken, perNano } = terms;
  return fees + (readAt(terms, inputTokens) + outputTokens * eachToken + perNano - 1n) / perNano;
}

/** The most tokens that so many nano-dollars pay for; fewer than none where they do not even pay for what is read. */
export function tokensFor(terms: Terms, nanoDollars: bigint): bigint {
  const { fees, inputTokens, eachToken, perNano } = terms;
  const left = (nanoDollars - fees) * perNano - readAt(terms, inputTokens);
  if (left < 0n) return -1n;
  return eachToken === 0n ? BigInt(Number.MAX_SAFE_INTEGER) : left / eachToken;
}

const readAt = ({ eachRead, cited }: Terms, inputTokens: bigint): bigint => inputTokens * eachRead + cited;

/** A discount is no promise: what asks for it may still be served at list price. */
function rateIn(rates: Rates, factors: readonly Factor[]) {
  return (bucket: Bucket): bigint =>
    factors.reduce(
      (product, { times, over, sparing }) => product * BigInt(sparing?.includes(bucket) ? over : Math.max(times, over)),
      BigInt(rates[bucket]),
    );
}

const factorOf = ({ factors = {} }: Price, word: string): readonly Factor[] =>
  Object.hasOwn(factors, word) ? [factors[word] ?? []].flat() : [];

/** The dearest of the ways in which a call may be served unasked; they may spare different rates, so it spares none. */
function unaskedFactor({ factors = {} }: Price): readonly Factor[] {
  const [first, ...others] = Object.values(factors).filter(({ unasked }) => unasked);
  if (first === undefined) return [];
  const { times, over } = others.reduce(
    (dearest, each) => (each.times * dearest.over > dearest.times * each.over ? each : dearest),
    first,
  );
  return [{ times, over }];
}

const requestFee = ({ request = 0, requestBySearch = {} }: Price): number =>
  Math.max(request, ...Object.values(requestBySearch));

const largest = (rates: readonly bigint[]): bigint => rates.reduce((most, each) => (each > most ? each : most), 0n);
