import { costOf } from '../catalog/price.ts';
import { credible, noUsage, plusUsage, type Usage } from '../catalog/usage.ts';
import type { GatewayError } from '../errors.ts';
import { mostFor, type Quote } from '../ledger/ceiling.ts';
import type { ChatChunk } from '../openai/answer.ts';
import { toUsage } from '../openai/usage.ts';
import type { Target } from '../providers/provider.ts';
import type { Outbound } from '../wire/send.ts';
import type { Attempt, Bill } from '../world.ts';
import { bytesSaid } from './bytes-said.ts';
import type { Asked } from './parse.ts';

/** The most tokens one attempt can read and write, and on which terms. */
export type Bounds = Pick<Quote, 'inputTokens' | 'outputTokens'> & Partial<Pick<Quote, 'offers'>>;

/** What nobody reckoned. */
export const boundless: Bounds = { inputTokens: Number.POSITIVE_INFINITY, outputTokens: Number.POSITIVE_INFINITY };

/** One upstream call while it runs: what went out and what came back, as far as a bill depends on it. */
export type Running = {
  readonly target: Target;
  readonly startedAt: number;
  readonly sentBytes: number;
  /** Reckoned only where a bill must do without the provider's counts. */
  readonly boundsFor: (target: Target) => Bounds;
  readonly dropped: readonly string[];
  /** The span it is, and whom it goes to, where the visit is traced. */
  readonly spanId?: string | undefined;
  readonly address?: { readonly host: string; readonly port: number } | undefined;
  /** What the provider may write unseen: all it is allowed to, where nothing is shown before it is whole, or while its thinking does not show. */
  unseenTokens: number;
  /** What the answer calls itself, and the model it is from. */
  answered?: { readonly id?: string | undefined; readonly model?: string | undefined };
  receivedBytes: number;
  usage: Usage | undefined;
  /** What that costs, once somebody has asked. */
  bill?: Bill;
  /** True once the head of an answer is here. */
  reached: boolean;
  /** True once any event of a stream is here. */
  heard: boolean;
  /** True once any of the answer itself is here. */
  said: boolean;
  /** False once we know that the provider asks nothing: it refused, or its connection failed. Until then it may have worked. */
  billed: boolean;
  /** True once a part of it was answered: then a refusal of the rest is not free. */
  partly: boolean;
  outcome: Pick<Attempt, 'status' | 'ms' | 'message' | 'blame'> | undefined;
};

/** An attempt whose request leaves now. */
export function toRunning(
  known: Pick<Running, 'target' | 'startedAt' | 'boundsFor' | 'dropped' | 'unseenTokens' | 'spanId'>,
  outbound: Outbound,
): Running {
  const sentBytes = Buffer.byteLength(outbound.body);
  const fresh = {
    receivedBytes: 0,
    usage: undefined,
    reached: false,
    heard: false,
    said: false,
    billed: true,
    partly: false,
  };
  const address = known.spanId === undefined ? undefined : addressOf(outbound);
  return { ...known, ...fresh, address, sentBytes, outcome: undefined };
}

/** A piece of a streamed answer is here; `shows` where the caller sees it as it comes. */
export function heard(run: Running, { id, model, usage, choices, service_tier }: ChatChunk, shows: boolean): void {
  run.heard = true;
  run.answered ??= { id, model };
  for (const { delta } of choices) {
    const bytes = bytesSaid(delta);
    run.receivedBytes += bytes;
    run.said ||= bytes > 0;
    if (delta.reasoning_content && shows) run.unseenTokens = 0; // its thinking shows
  }
  if (usage) run.usage = toUsage(usage, service_tier ?? usage.service_tier);
}

/** Where a request goes, as far as it says so itself. */
function addressOf(outbound: Outbound): Running['address'] {
  if (!('url' in outbound)) return undefined;
  const { hostname, port, protocol } = new URL(outbound.url);
  return { host: hostname, port: Number(port || (protocol === 'http:' ? 80 : 443)) };
}

/** The word for a failure without a status. */
export function word({ code }: GatewayError): string {
  switch (code) {
    case 'timeout':
      return 'timeout';
    case 'provider_cut':
      return 'cut';
    case 'client_closed':
      return 'closed';
    case 'provider_unreachable':
      return 'reset';
    default:
      return 'failed';
  }
}

/**
 * Whether an attempt that failed may be billed. A refusal, a connection that fails before anything is answered, and an
 * answer that ends with nothing in it cost nothing; what was said before the failure does, and so does what was asked of
 * a provider that we left waiting.
 */
export function mayBill({ reached, heard, said, partly }: Running, { code, details }: GatewayError): boolean {
  const { upstreamStatus, unreached, inBand } = details;
  const broken = code === 'provider_unreachable' && !reached;
  const empty = code === 'provider_cut' && !heard;
  return partly || said || !(upstreamStatus !== undefined || unreached || inBand || broken || empty);
}

/** How an attempt ended; one that is still running has begun well. */
export const outcomeOf = ({ outcome }: Running): NonNullable<Running['outcome']> => outcome ?? { status: 200, ms: 0 };

/** An attempt as it is remembered. */
export function toAttempt(run: Running): Attempt {
  const { target } = run;
  const { usage, nanoDollars, estimated } = toBill(run);
  const counted = Object.fromEntries(Object.entries(usage).filter(([, count]) => count !== 0));
  return {
    target: target.name,
    provider: target.provider.name,
    ...outcomeOf(run),
    usage: counted,
    nanoDollars,
    estimated,
  };
}

/**
 * What an attempt costs: the usage it reported, where that can be; nothing where the provider asks nothing; otherwise an
 * upper bound of what was sent and received, for a token is never less than a byte, and no more than was reckoned before.
 * Nobody says of what kind the tokens were, so they are the dearest there may be.
 */
export function toBill(run: Running): Bill {
  const { target, usage, billed, boundsFor } = run;
  if (usage !== undefined && run.bill?.usage === usage) return run.bill;
  if (usage !== undefined && credible(usage)) {
    run.bill = { usage, nanoDollars: costOf(target.price, usage), estimated: false };
    return run.bill;
  }
  if (!billed) return noBill;
  const { inputTokens, outputTokens, offers } = boundsFor(target);
  const input = Math.min(inputTokens, run.sentBytes);
  const output = Math.min(outputTokens, Math.max(run.receivedBytes, run.unseenTokens));
  const bound = { ...noUsage, input, output };
  const nanoDollars = offers === undefined ? costOf(target.price, bound) : mostFor({ offers }, input, output);
  return { usage: bound, nanoDollars, estimated: true };
}

/** What nothing comes to. */
export const noBill: Bill = { usage: noUsage, nanoDollars: 0, estimated: false };

/** Bills as one. */
export const sumOf = ([first = noBill, ...others]: readonly Bill[]): Bill => others.reduce(plus, first);

function plus(one: Bill, other: Bill): Bill {
  const usage = plusUsage(one.usage, other.usage);
  return { usage, nanoDollars: one.nanoDollars + other.nanoDollars, estimated: one.estimated || other.estimated };
}

/** A bill with what was paid besides, for tokens of another kind. */
export function besides(bill: Bill, other: Bill | undefined): Bill {
  if (other === undefined) return bill;
  const { usage, nanoDollars, estimated } = bill;
  return { usage, nanoDollars: nanoDollars + other.nanoDollars, estimated: estimated || other.estimated };
}

/** The most tokens a request lets a target write unseen; 0 where neither sets a limit. */
export function unseenBy({ mostOutputTokens, thinksUnseen }: Target, request: Asked, limit?: number): number {
  const { max_completion_tokens, max_tokens, n, stream } = request;
  if (stream && !thinksUnseen) return 0;
  return (limit ?? max_completion_tokens ?? max_tokens ?? mostOutputTokens ?? 0) * (n ?? 1);
}
