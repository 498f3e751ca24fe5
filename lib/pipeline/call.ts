import { asGatewayError, GatewayError } from '../errors.ts';
import type { ChatChunk, ChatCompletion, ChatStream } from '../openai/answer.ts';
import type { Target } from '../providers/provider.ts';
import { toFailure } from '../wire/failure.ts';
import { primed } from '../wire/primed.ts';
import { readText } from '../wire/text.ts';
import type { World } from '../world.ts';
import type { Tally } from './tally.ts';
import { told } from './told.ts';

/** A provider's answer, once it is certain to be one: whole, or from its first content on. */
export type Answer =
  | { readonly kind: 'whole'; readonly completion: ChatCompletion }
  | { readonly kind: 'stream'; readonly chunks: ChatStream };

/** Refusals are short; what is longer is no refusal of an API. */
const MOST_REFUSAL_BYTES = 64 * 1024;
/** Larger than any answer there is; smaller than what would fill the memory. */
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

/** Tries the plan's targets in order until one answers. The first failure is the one that is told. */
export async function call(plan: readonly Target[], signal: AbortSignal, tally: Tally, world: World): Promise<Answer> {
  let first: GatewayError | undefined;
  for (const target of plan) {
    try {
      return await open(target, signal, tally, world);
    } catch (error) {
      const failure = asGatewayError(error);
      tally.failed(failure); // one that came before anything was sent, too
      first ??= failure;
      if (failure.blame === 'caller' || signal.aborted) break;
    }
  }
  throw told(first ?? new GatewayError('internal_error', { message: 'There was no target to call.' }), tally);
}

/** authorize → send → translate → await the first content. Until then a failure is an HTTP status; after it, an event in the stream. */
async function open(target: Target, signal: AbortSignal, tally: Tally, world: World): Promise<Answer> {
  const { provider } = target;
  const { request } = tally;
  const { outbound } = provider.chat.toProvider(request, target);
  const secret = provider.credential === undefined ? undefined : await world.secrets.reveal(provider.credential);
  const stamp = {
    id: `chatcmpl-${tally.visit.id}`,
    created: Math.floor(tally.visit.startedAt / 1000),
    model: target.model,
  };

  tally.sent(target, outbound.body);
  try {
    const inbound = await world.send(provider.authorize(outbound, secret), signal);
    if (inbound.status >= 300)
      throw provider.chat.toError(
        inbound.status,
        inbound.headers,
        await readText(inbound.body, MOST_REFUSAL_BYTES),
        provider.name,
      );
    if (!request.stream) {
      const body = await readText(counted(inbound.body, tally), MOST_ANSWER_BYTES);
      const completion = provider.chat.fromWhole(body, stamp, provider.name);
      if (completion.choices.length < (request.n ?? 1))
        throw tooFew(completion.choices.length, request.n, provider.name);
      tally.answered();
      tally.sawWhole(completion);
      return { kind: 'whole', completion };
    }
    const stream = provider.chat.fromStream(inbound.body, stamp, provider.name);
    const certain = named(complete(stream, request.n ?? 1, provider.name), provider.name, signal);
    const chunks = await primed(certain, hasContent);
    tally.answered();
    return { kind: 'stream', chunks };
  } catch (error) {
    const failure = without(secret, toFailure(error, provider.name, signal));
    tally.failed(failure);
    throw failure;
  }
}

/** The failure without the credential, which some providers quote whatever it looks like. */
function without(secret: string | undefined, failure: GatewayError): GatewayError {
  const { message, param } = failure.details;
  if (!secret || !`${message} ${param}`.includes(secret)) return failure;
  const clean = (text: string) => text.replaceAll(secret, '[key]');
  return new GatewayError(failure.code, {
    ...failure.details,
    message: clean(message),
    ...(param === undefined ? {} : { param: clean(param) }),
  });
}

/** Fails a stream that ends before each choice that was asked for has finished. */
async function* complete(chunks: ChatStream, asked: number, provider: string): ChatStream {
  const finished = new Set<number>();
  for await (const batch of chunks) {
    for (const { choices } of batch) {
      for (const { index, finish_reason } of choices) if (finish_reason !== null) finished.add(index);
    }
    yield batch;
  }
  if (finished.size < asked) {
    throw tooFew(finished.size, asked, provider);
  }
}

const tooFew = (given: number, asked: number | null | undefined, provider: string) =>
  new GatewayError('provider_cut', {
    provider,
    message: `${provider} ended its answer with ${given} of ${asked} choices.`,
  });

/** Tells the tally what arrives of a whole answer, even of one that breaks off. */
async function* counted(body: AsyncIterable<Uint8Array>, tally: Tally): AsyncIterable<Uint8Array> {
  for await (const bytes of body) {
    tally.received(bytes.length);
    yield bytes;
  }
}

/** Gives the failures of a provider's stream their name, wherever they surface. */
async function* named(chunks: ChatStream, provider: string, signal: AbortSignal): ChatStream {
  try {
    yield* chunks;
  } catch (error) {
    throw toFailure(error, provider, signal);
  }
}

/** True from the first chunk a reader would see something of: text, thought, a tool call, a refusal or an end. */
function hasContent(chunks: readonly ChatChunk[]): boolean {
  return chunks.some(({ choices }) =>
    choices.some(
      ({ delta, finish_reason }) =>
        finish_reason !== null ||
        Object.entries(delta).some(
          ([name, value]) => name !== 'role' && (Array.isArray(value) ? value.length > 0 : Boolean(value)),
        ),
    ),
  );
}
