import { costOf } from '../catalog/price.ts';
import { noUsage, type Usage } from '../catalog/usage.ts';
import type { GatewayError } from '../errors.ts';
import type { ChatChunk, ChatCompletion } from '../openai/answer.ts';
import type { ChatRequest } from '../openai/request.ts';
import { toUsage } from '../openai/usage.ts';
import type { Target } from '../providers/provider.ts';
import type { Attempt, Bill, Caller } from '../world.ts';
import type { Labels } from './headers.ts';
import type { Visit } from './visit.ts';

/** What a tally is opened with: all that is known before a provider is called. */
export type Opening = {
  readonly visit: Visit;
  readonly caller: Caller;
  readonly request: ChatRequest;
  readonly labels: Labels;
  readonly tick: () => number;
};

/** One upstream call while it runs: what went out and what came back, as far as a bill depends on it. */
type Running = {
  readonly target: Target;
  readonly startedAt: number;
  readonly sentBytes: number;
  /** What the provider may have written unseen: all it was allowed to, where nothing is shown before it is whole. */
  readonly unseenTokens: number;
  receivedBytes: number;
  usage: Usage | undefined;
  /** False once we know that the provider asks nothing: it refused, or was never reached. Until then it may have worked. */
  billed: boolean;
  outcome: Pick<Attempt, 'status' | 'ms' | 'message'> | undefined;
};

/** The running account of a visit: the one thing that grows on the way. */
export type Tally = ReturnType<typeof openTally>;

/** Opens the account of a visit. */
export function openTally({ visit, caller, request, labels, tick }: Opening) {
  const runs: Running[] = [];
  let upstreamSince: number | undefined;
  let upstreamMs = 0;
  let firstContentAt: number | undefined;
  let finish: string | undefined;
  let failure: GatewayError | undefined;

  const latest = () => runs.at(-1);
  const upstreamRests = () => {
    if (upstreamSince !== undefined) upstreamMs += tick() - upstreamSince;
    upstreamSince = undefined;
  };

  return {
    visit,
    caller,
    request,
    labels,

    /** A request leaves for a target. */
    sent(target: Target, body: string): void {
      upstreamSince = tick();
      runs.push({
        target,
        startedAt: upstreamSince,
        sentBytes: Buffer.byteLength(body),
        unseenTokens: request.stream ? 0 : limitOf(request),
        receivedBytes: 0,
        usage: undefined,
        billed: true,
        outcome: undefined,
      });
    },

    /** The target answers: the whole of it is here, or its first content is. */
    answered(): void {
      upstreamRests();
      firstContentAt ??= tick();
    },

    /** The call, or one attempt of it, came to nothing. */
    failed(error: GatewayError): void {
      upstreamRests();
      failure = error;
      const run = latest();
      if (run === undefined || run.outcome !== undefined) return;
      const { upstreamStatus, unreached } = error.details;
      run.billed = upstreamStatus === undefined && unreached !== true;
      run.outcome = { status: upstreamStatus ?? word(error), ms: tick() - run.startedAt, message: error.message };
    },

    /** Bytes of a whole answer arrived. */
    received(bytes: number): void {
      const run = latest();
      if (run !== undefined) run.receivedBytes += bytes;
    },

    /** Chunks passed on their way to the client. */
    sawChunk({ usage, choices }: ChatChunk): void {
      const run = latest();
      if (run === undefined) return;
      for (const { delta, finish_reason } of choices) {
        run.receivedBytes += bytesOf(delta);
        finish = finish_reason ?? finish;
      }
      if (usage) run.usage = toUsage(usage);
    },

    /** A whole answer is here. */
    sawWhole({ usage, choices }: ChatCompletion): void {
      const run = latest();
      if (run === undefined) return;
      finish = choices[0]?.finish_reason;
      if (usage !== undefined) run.usage = toUsage(usage);
      this.succeeded();
    },

    /** The answer arrived to its end. */
    succeeded(): void {
      failure = undefined;
      const run = latest();
      if (run !== undefined) run.outcome = { status: 200, ms: tick() - run.startedAt };
    },

    /** The target that answers, or answered last. */
    target: (): Target | undefined => latest()?.target,
    attempts: (): readonly Attempt[] => runs.map(toAttempt),
    /** What the call comes to as far as it is known: the sum over its attempts. */
    bill: (): Bill => runs.map(toBill).reduce(plus, { usage: noUsage, nanoDollars: 0, estimated: false }),
    /** Why the call failed; undefined when its answer arrived to the end, or nobody knows yet. */
    failure: () => failure,
    /** True while an answer has begun and nobody has read it to its end. */
    unread: () => latest() !== undefined && latest()?.outcome === undefined,
    finish: () => finish,
    firstContentMs: () => (firstContentAt === undefined ? undefined : firstContentAt - visit.startedTick),
    /** Our own share of the time until the first content, or until now while there is none. */
    ownMs: () => Math.max(0, (firstContentAt ?? tick()) - visit.startedTick - upstreamMs),
    totalMs: () => tick() - visit.startedTick,
  };
}

/** A failure without a status has a word. */
function word({ code }: GatewayError): string {
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

function toAttempt({ target, outcome }: Running): Attempt {
  return { target: target.name, provider: target.provider.name, ...(outcome ?? { status: 200, ms: 0 }) }; // still running: it has begun well
}

/**
 * What an attempt costs: the usage it reported; nothing where the provider asks nothing; otherwise an upper bound of
 * what was sent and received, for a token is never less than a byte.
 */
function toBill({ target, usage, billed, sentBytes, receivedBytes, unseenTokens }: Running): Bill {
  if (usage !== undefined) return { usage, nanoDollars: costOf(target.price, usage), estimated: false };
  if (!billed) return { usage: noUsage, nanoDollars: 0, estimated: false };
  const bound = { ...noUsage, input: sentBytes, output: Math.max(receivedBytes, unseenTokens) };
  return { usage: bound, nanoDollars: costOf(target.price, bound), estimated: true };
}

function plus(one: Bill, other: Bill): Bill {
  const usage = {
    input: one.usage.input + other.usage.input,
    cacheRead: one.usage.cacheRead + other.usage.cacheRead,
    cacheWrite: one.usage.cacheWrite + other.usage.cacheWrite,
    output: one.usage.output + other.usage.output,
    reasoning: one.usage.reasoning + other.usage.reasoning,
  };
  return { usage, nanoDollars: one.nanoDollars + other.nanoDollars, estimated: one.estimated || other.estimated };
}

/** The most tokens a request lets a model write; 0 where it sets no limit. */
const limitOf = ({ max_completion_tokens, max_tokens, n }: ChatRequest): number =>
  (max_completion_tokens ?? max_tokens ?? 0) * (n ?? 1);

/** The bytes of all text in a delta or message, whatever field it stands in. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = 0;
  for (const each of Object.values(value)) bytes += bytesOf(each);
  return bytes;
}
