import { toUsd } from '../catalog/price.ts';
import { asGatewayError, attemptList, toErrorBody } from '../errors.ts';
import type { ChatChunk, ChatCompletion, ChatStream } from '../openai/answer.ts';
import { openChunkText } from '../openai/chunk-text.ts';
import { type EmbeddingRequest, type Embeddings, toEmbeddingView } from '../openai/embedding.ts';
import type { ChatRequest } from '../openai/request.ts';
import type { World } from '../world.ts';
import { alive, atOnce, inGoodTime } from './alive.ts';
import type { ChatAnswer } from './open-chat.ts';
import { holdsValues } from './protected.ts';
import { toRateHeaders } from './rate-headers.ts';
import { listOf } from './sendable.ts';
import type { Tally } from './tally.ts';
import { told } from './told.ts';
import { versionHeader } from './version-header.ts';
import type { Later, Visit } from './visit.ts';

/** A reply of a walk; serve adds the headers every reply has, and what is to be done afterwards. */
export type Answered = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: AsyncIterable<string> | Iterable<string>;
  /** Fires when the time for the whole call is over, its reader's included. */
  readonly signal?: AbortSignal | undefined;
  /** True where it must not be kept in the clear. */
  readonly secret?: boolean;
  /** Asked once the body has passed: true when it is the whole of an answer, and no failure was said in it. Left out where a body is always whole. */
  readonly sound?: () => boolean;
};

/** The way of one kind of request through the house. */
export type Walk = (visit: Visit, world: World, later: Later) => Promise<Answered>;

/** A chat's answer, whole or streamed, as it comes; a stream that is long in beginning begins without it. */
export async function replied(
  answering: Promise<ChatAnswer>,
  request: ChatRequest,
  tally: Tally,
  world: World,
): Promise<Answered> {
  const answer = await (request.stream ? inGoodTime(answering, world) : answering);
  if (answer === undefined) return streamedLate(answering, request, tally, world);
  if (answer.kind === 'whole') return whole(answer.completion, tally);
  return streamed(answer.chunks, request, tally, world);
}

/** A whole answer as JSON, with its cost. */
export function whole(completion: ChatCompletion, tally: Tally): Answered {
  const { usage } = completion;
  const body = usage === undefined ? completion : { ...completion, usage: priced(usage, tally) };
  const headers = {
    ...routing(tally),
    'content-type': 'application/json',
    'x-sluice-cost-usd': toUsd(tally.bill().nanoDollars),
  };
  return {
    status: 200,
    headers,
    body: [JSON.stringify(body)],
    signal: tally.signal,
    secret: holdsValues(tally.redaction),
  };
}

/** Vectors as OpenAI gives them, with their cost. */
export function embedded(found: Embeddings, request: EmbeddingRequest, tally: Tally): Answered {
  const { usage, nanoDollars } = tally.bill();
  const view = toEmbeddingView({ ...found, promptTokens: found.promptTokens ?? usage.input }, request.encoding_format);
  const headers = {
    ...routing(tally),
    'content-type': 'application/json',
    'x-sluice-cost-usd': toUsd(nanoDollars),
  };
  const text = JSON.stringify({ ...view, usage: priced(view.usage, tally) });
  return { status: 200, headers, body: [text], signal: tally.signal };
}

/** A streamed answer as server-sent events. */
export const streamed = (chunks: ChatStream, request: ChatRequest, tally: Tally, world: World): Answered => ({
  ...eventStream(tally, routing(tally)),
  body: alive(events(chunks, request, tally), world),
});

/**
 * An answer that has not begun after a long time, as server-sent events. Which target will give it nobody knows yet, so
 * the headers say nothing of it, and the usage tells.
 */
export function streamedLate(
  answering: Promise<ChatAnswer>,
  request: ChatRequest,
  tally: Tally,
  world: World,
): Answered {
  answering.catch(() => {}); // told to whoever reads the body
  async function* chunks(): ChatStream {
    const answer = await answering;
    if (answer.kind === 'stream') yield* answer.chunks;
  }
  return { ...eventStream(tally, general(tally)), body: atOnce(alive(events(chunks(), request, tally), world)) };
}

const eventStream = (tally: Tally, headers: Readonly<Record<string, string>>): Omit<Answered, 'body'> => ({
  status: 200,
  headers: { ...headers, 'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache' },
  signal: tally.signal,
  secret: holdsValues(tally.redaction),
  sound: () => tally.failure() === undefined && !tally.unread(),
});

/** Speaks a failure inside the stream, for the status has left; only a stream that reached its end says [DONE]. */
async function* events(chunks: ChatStream, request: ChatRequest, tally: Tally): AsyncIterable<string> {
  const toEvent = openEvents(request, tally);
  try {
    for await (const batch of chunks) {
      let text = '';
      for (const chunk of batch) text += toEvent(chunk);
      if (text !== '') yield text;
    }
    yield 'data: [DONE]\n\n';
  } catch (error) {
    yield `data: ${JSON.stringify(toErrorBody(told(asGatewayError(error), tally), tally.visit.id))}\n\n`;
  }
}

function openEvents(request: ChatRequest, tally: Tally): (chunk: ChatChunk) => string {
  const usageAsked = request.stream_options?.include_usage === true;
  const toText = openChunkText();
  return (chunk) => {
    if (!chunk.usage) return `data: ${toText(chunk)}\n\n`;
    return usageAsked ? `data: ${JSON.stringify({ ...chunk, usage: priced(chunk.usage, tally) })}\n\n` : '';
  };
}

/** The provider's usage with what we charge for it, in dollars, and how the answer came about. */
function priced<View extends object>(usage: View, tally: Tally): View {
  const { nanoDollars, estimated } = tally.bill();
  const details = {
    model: tally.model(),
    provider_model: tally.model()?.replace(/^[^/]*\//, ''),
    attempts: attemptList(tally.tried()),
    ...(tally.cache.word() !== 'off' && { cache: tally.cache.word() }),
    ...(tally.dropped().length > 0 && { dropped_params: tally.dropped() }),
    ...(tally.limit() !== undefined && { max_tokens: tally.limit() }),
    estimated,
  };
  return { ...usage, cost: nanoDollars / 1e9, cost_details: details };
}

function routing(tally: Tally): Record<string, string> {
  const dropped = tally.dropped();
  return {
    ...general(tally),
    ...(tally.limit() !== undefined && { 'x-sluice-max-tokens': String(tally.limit()) }),
    ...(dropped.length > 0 && { 'x-sluice-dropped-params': listOf(dropped) }),
    ...tally.cache.headers(tally.visit.startedAt),
    'x-sluice-model': tally.model() ?? '',
    'x-sluice-attempts': attemptList(tally.tried()),
  };
}

/** What is known of any call that was let in. */
const general = (tally: Tally): Record<string, string> => ({
  ...toRateHeaders(tally.standing),
  ...versionHeader(tally),
  'server-timing': `gateway;dur=${tally.ownMs().toFixed(2)}`,
});
