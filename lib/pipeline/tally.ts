import { noUsage } from '../catalog/usage.ts';
import type { GatewayError } from '../errors.ts';
import type { ChatChunk, ChatCompletion, UsageView } from '../openai/answer.ts';
import type { Embeddings } from '../openai/embedding.ts';
import { toUsage } from '../openai/usage.ts';
import type { Target, Translated } from '../providers/provider.ts';
import type { Given } from '../recall.ts';
import type { Attempt, Bill } from '../world.ts';
import {
  besides,
  boundless,
  heard,
  mayBill,
  outcomeOf,
  type Running,
  sumOf,
  toAttempt,
  toBill,
  toRunning,
  unseenBy,
  word,
} from './attempt.ts';
import { openOutcome } from './cache/cache-outcome.ts';
import { openGuardOutcome } from './guardrails/outcome.ts';
import type { Opening } from './opening.ts';
import { openStopwatch } from './stopwatch.ts';

/** The running account of a visit: the one thing that grows on the way. */
export type Tally = ReturnType<typeof openTally>;

/** Opens the account of a visit. */
export function openTally({
  caching = { mode: 'off' },
  tick,
  boundsFor = () => boundless,
  limitFor = () => undefined,
  ...opening
}: Opening) {
  const { visit, ask } = opening;
  const runs: Running[] = [];
  const cache = openOutcome(caching);
  const guardrails = openGuardOutcome(opening.guards);
  const watch = openStopwatch(visit.startedTick, tick);
  let finish: string | undefined;
  let failure: GatewayError | undefined;
  let given: { readonly found: Given; open: boolean } | undefined;

  const latest = () => runs.at(-1);
  const owed = (): Bill => sumOf(runs.map(toBill));

  return {
    standing: {},
    routed: {},
    ...opening,
    cache,
    guardrails,

    /** A request leaves for a target; gives the span it is, where the visit is traced. */
    sent(target: Target, { outbound, dropped }: Translated): string | undefined {
      watch.sent();
      failure = undefined; // of an attempt before
      const startedAt = tick();
      const unseenTokens = unseenBy(target, ask.request, limitFor(target));
      const spanId = visit.trace?.newSpanId();
      runs.push(toRunning({ target, startedAt, boundsFor, dropped, unseenTokens, spanId }, outbound));
      return spanId;
    },

    /** So long was waited before a target was asked again, or for others who ask the same: that is no work of ours. */
    waited: watch.waited,

    /** The head of an answer is here. */
    reached(): void {
      const run = latest();
      if (run !== undefined) run.reached = true;
    },

    /** The target's first content is here. */
    began: watch.began,

    /** The call, or one attempt of it, came to nothing. */
    failed(error: GatewayError): void {
      watch.rests();
      watch.ended();
      failure = error;
      const run = latest();
      if (run === undefined || run.outcome !== undefined) return;
      run.billed = mayBill(run, error);
      run.outcome = {
        status: error.details.upstreamStatus ?? word(error),
        ms: tick() - run.startedAt,
        message: error.message,
        blame: error.blame,
      };
    },

    /** Some of several requests were answered, and will be paid for whatever becomes of the others. */
    partly(): void {
      const run = latest();
      if (run !== undefined) run.partly = true;
    },

    /** Bytes of a whole answer arrived. */
    received(bytes: number): void {
      const run = latest();
      if (run === undefined) return;
      run.receivedBytes += bytes;
      run.heard ||= bytes > 0;
    },

    /** The provider has told what it counts, though its answer may never get so far as to end with it. */
    counted(usage: UsageView, serviceTier: unknown): void {
      const run = latest();
      if (run !== undefined) run.usage = toUsage(usage, serviceTier ?? usage.service_tier);
    },

    /** Chunks passed on their way to the client. */
    sawChunk(chunk: ChatChunk): void {
      const run = latest();
      if (run === undefined) return;
      heard(run, chunk, ask.request.stream === true);
      for (const { finish_reason } of chunk.choices) finish = finish_reason ?? finish;
    },

    /** A whole answer is here. */
    sawWhole({ id, model, usage, choices, service_tier }: ChatCompletion): void {
      const run = latest();
      if (run === undefined) return;
      run.answered = { id, model };
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

    /** The answer is one that was not asked for anew: nothing of it is paid for. */
    gives(found: Given): void {
      watch.began();
      cache.hit(found);
      given = { found, open: true };
    },

    /** What the answer says of its end. */
    finishes(word: string | null | undefined): void {
      finish = word ?? finish;
    },

    /** The answer arrived to its end. */
    succeeded(): void {
      watch.began();
      watch.ended();
      failure = undefined;
      if (given !== undefined) given.open = false;
      const run = latest();
      if (run !== undefined) run.outcome = { status: 200, ms: tick() - run.startedAt };
    },

    /** The target that answers, or answered last. */
    target: (): Target | undefined => latest()?.target,
    /** `provider/model` that the answer is from, whoever asked it. */
    model: (): string | undefined => given?.found.model ?? latest()?.target.name,
    /** The limit that was set on each choice of the target that answers. */
    limit: (): number | undefined => {
      const target = latest()?.target;
      return given ? given.found.limit : target && limitFor(target);
    },
    /** The parameters that found no place at the target that answers. */
    dropped: (): readonly string[] => given?.found.dropped ?? latest()?.dropped ?? [],
    runs: (): readonly Running[] => runs,
    limitFor,
    attempts: (): readonly Attempt[] => runs.map(toAttempt),
    /** Who was asked, and how that ended. */
    tried: () => runs.map((run) => ({ provider: run.target.provider.name, status: outcomeOf(run).status })),
    /** What its attempts come to as far as it is known. */
    owed,
    /** What the call comes to as far as it is known: its attempts, the search for a question alike, and its guardrails. */
    bill: (): Bill => besides(besides(owed(), cache.bill()), guardrails.bill()),
    /** Why the call failed; undefined when its answer arrived to the end, or nobody knows yet. */
    failure: () => failure,
    /** True once content of a stream has been let through. */
    streaming: watch.begun,
    /** True while an answer has begun and nobody has read it to its end. */
    unread: () => (given === undefined ? latest() !== undefined && latest()?.outcome === undefined : given.open),
    finish: () => finish,
    firstContentMs: watch.firstContentMs,
    ownMs: watch.ownMs,
    endedMs: watch.endedMs,
    totalMs: watch.totalMs,
  };
}
