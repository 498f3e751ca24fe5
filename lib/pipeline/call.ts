import { asGatewayError, GatewayError } from '../errors.ts';
import type { ChatChunk, ChatCompletion, ChatStream } from '../openai/answer.ts';
import type { Target } from '../providers/provider.ts';
import { toFailure } from '../wire/failure.ts';
import { primed } from '../wire/primed.ts';
import { readText } from '../wire/text.ts';
import type { World } from '../world.ts';
import type { Tally } from './tally.ts';

/** A provider's answer, once it is certain to be one: whole, or from its first content on. */
export type Answer =
  | { readonly kind: 'whole'; readonly completion: ChatCompletion }
  | { readonly kind: 'stream'; readonly chunks: ChatStream };

/** Refusals are short; what is longer is no refusal of an API. */
const MOST_REFUSAL_BYTES = 64 * 1024;

/** Tries the plan's targets in order until one answers. The first failure is the one that is told. */
export async function call(plan: readonly Target[], signal: AbortSignal, tally: Tally, world: World): Promise<Answer> {
  let first: GatewayError | undefined;
  for (const target of plan) {
    try {
      return await open(target, signal, tally, world);
    } catch (error) {
      const failure = asGatewayError(error);
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
  let reached = false;
  try {
    const inbound = await world.send(provider.authorize(outbound, secret), signal);
    reached = inbound.status < 300;
    if (!reached)
      throw provider.chat.toError(
        inbound.status,
        inbound.headers,
        await readText(inbound.body, MOST_REFUSAL_BYTES),
        provider.name,
      );
    if (!request.stream) {
      const completion = provider.chat.fromWhole(await readText(inbound.body), stamp, provider.name);
      tally.answered();
      tally.sawWhole(completion);
      return { kind: 'whole', completion };
    }
    const chunks = await primed(
      named(provider.chat.fromStream(inbound.body, stamp, provider.name), provider.name, signal),
      hasContent,
    );
    tally.answered();
    return { kind: 'stream', chunks };
  } catch (error) {
    const failure = toFailure(error, provider.name, signal);
    // A provider that was not reached, or refused, asks nothing; one that fell silent may have worked.
    tally.failed(failure, reached || failure.code === 'timeout' || failure.code === 'client_closed');
    throw failure;
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
        finish_reason !== null || Object.entries(delta).some(([name, value]) => name !== 'role' && Boolean(value)),
    ),
  );
}

/** The failure with the list of what was tried. */
function told(failure: GatewayError, tally: Tally): GatewayError {
  const attempts = tally
    .attempts()
    .map(({ target, provider, status, message = '' }) => ({ target, provider, status, message }));
  return new GatewayError(failure.code, { ...failure.details, attempts, ownMs: tally.ownMs() });
}
