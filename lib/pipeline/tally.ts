import { noUsage } from '../catalog/usage.ts';
import type { GatewayError } from '../errors.ts';
import type { ChatChunk, ChatCompletion } from '../openai/answer.ts';
import type { Embeddings } from '../openai/embedding.ts';
import { toUsage } from '../openai/usage.ts';
import type { Target, Translated } from '../providers/provider.ts';
import type { Attempt, Bill, Caller } from '../world.ts';
import { plus, type Running, toAttempt, toBill, unseenBy, word } from './attempt.ts';
import type { Ask, Asked } from './parse.ts';
import type { Visit } from './visit.ts';

/** What a tally is opened with: all that is known before a provider is called. */
export type Opening = {
  readonly visit: Visit;
  readonly caller: Caller;
  readonly ask: Ask<Asked>;
  /** The path that was asked. */
  readonly endpoint: string;
  readonly tick: () => number;
};

/** The running account of a visit: the one thing that grows on the way. */
export type Tally = ReturnType<typeof openTally>;

/** Opens the account of a visit. */
export function openTally({ visit, caller, ask, endpoint, tick }: Opening) {
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
    ask,
    endpoint,

    /** A request leaves for a target. */
    sent(target: Target, { outbound, dropped }: Translated): void {
      upstreamSince = tick();
      runs.push({
        target,
        startedAt: upstreamSince,
        sentBytes: Buffer.byteLength(outbound.body),
        dropped,
        unseenTokens: unseenBy(target, ask.request),
        receivedBytes: 0,
        usage: undefined,
        billed: true,
        partly: false,
        outcome: undefined,
      });
    },

    /** The target's first content is here. */
    began(): void {
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
      run.billed = run.partly || (upstreamStatus === undefined && unreached !== true);
      run.outcome = { status: upstreamStatus ?? word(error), ms: tick() - run.startedAt, message: error.message };
    },

    /** Some of several requests were answered, and will be paid for whatever becomes of the others. */
    partly(): void {
      const run = latest();
      if (run !== undefined) run.partly = true;
    },

    /** Bytes of a whole answer arrived. */
    received(bytes: number): void {
      const run = latest();
      if (run !== undefined) run.receivedBytes += bytes;
    },

    /** Chunks passed on their way to the client. */
    sawChunk({ usage, choices, service_tier }: ChatChunk): void {
      const run = latest();
      if (run === undefined) return;
      for (const { delta, finish_reason } of choices) {
        run.receivedBytes += bytesOf(delta);
        if (delta.reasoning_content && ask.request.stream) run.unseenTokens = 0; // its thinking shows
        finish = finish_reason ?? finish;
      }
      if (usage) run.usage = toUsage(usage, service_tier ?? usage.service_tier);
    },

    /** A whole answer is here. */
    sawWhole({ usage, choices, service_tier }: ChatCompletion): void {
      const run = latest();
      if (run === undefined) return;
      finish = choices[0]?.finish_reason;
      if (usage !== undefined) run.usage = toUsage(usage, service_tier ?? usage.service_tier);
      this.succeeded();
    },

    /** All vectors are here. A provider that does not count its tokens is billed by an upper bound. */
    sawEmbeddings({ promptTokens }: Embeddings): void {
      const run = latest();
      if (run !== undefined && promptTokens !== undefined) run.usage = { ...noUsage, input: promptTokens };
      this.succeeded();
    },

    /** The answer arrived to its end. */
    succeeded(): void {
      this.began();
      failure = undefined;
      const run = latest();
      if (run !== undefined) run.outcome = { status: 200, ms: tick() - run.startedAt };
    },

    /** The target that answers, or answered last. */
    target: (): Target | undefined => latest()?.target,
    /** The parameters that found no place at the target that answers. */
    dropped: (): readonly string[] => latest()?.dropped ?? [],
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

/** The bytes of all text in a delta or message, whatever field it stands in. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = 0;
  for (const each of Object.values(value)) bytes += bytesOf(each);
  return bytes;
}
