import { GatewayError } from '../errors.ts';
import type { ChatChunk, ChatCompletion, ChatStream } from '../openai/answer.ts';
import { fold } from '../openai/fold.ts';
import type { ChatRequest } from '../openai/request.ts';
import type { ChatDialect, Origin, Target } from '../providers/provider.ts';
import { bounded, MOST_ANSWER_BYTES } from '../wire/bounded.ts';
import { primed } from '../wire/primed.ts';
import type { Inbound } from '../wire/send.ts';
import { readText } from '../wire/text.ts';
import type { Clocks } from './clocks.ts';
import { dispatch } from './dispatch.ts';
import { endedWith } from './ended.ts';
import type { Going } from './going.ts';
import { metered } from './metered.ts';
import type { Step } from './plan.ts';

/** A provider's answer, once it is certain to be one: whole, or from its first content on. */
export type ChatAnswer =
  | { readonly kind: 'whole'; readonly completion: ChatCompletion }
  | { readonly kind: 'stream'; readonly chunks: ChatStream };

/** Asks one target and awaits the first content. Until then a failure is an HTTP status; after it, an event in the stream. */
export function openChat(requestFor: (target: Target) => ChatRequest) {
  return (step: Step, going: Going): Promise<ChatAnswer> => {
    const { target } = step;
    const request = requestFor(target);
    const dialect = target.provider.chat(target.model);
    const streams = request.stream === true || dialect.fromWhole === undefined;
    return dispatch(
      step,
      dialect.toProvider(request, target),
      {
        streams,
        toError: dialect.toError,
        toAnswer: (inbound, clocks, named) => answered(inbound, dialect, { step, request, clocks, named, going }),
      },
      going,
    );
  };
}

type Asked = {
  readonly step: Step;
  readonly request: ChatRequest;
  readonly clocks: Clocks;
  readonly named: (error: unknown) => GatewayError;
  readonly going: Going;
};

async function answered(inbound: Inbound, dialect: ChatDialect, asked: Asked): Promise<ChatAnswer> {
  const { request, clocks, going } = asked;
  const { target } = asked.step;
  const { tally } = going;
  const provider = target.provider.name;
  const stamp = {
    id: `chatcmpl-${tally.visit.id}`,
    created: Math.floor(tally.visit.startedAt / 1000),
    model: target.model,
  };
  const origin: Origin = { provider, stamp, counted: (usage, tier) => tally.counted(usage, tier) };
  if (!request.stream && dialect.fromWhole !== undefined) {
    const body = clocks.whole(inbound.body, tally.received); // counted even of one that breaks off
    const completion = dialect.fromWhole(await readText(body, MOST_ANSWER_BYTES), origin);
    tally.sawWhole(completion);
    return { kind: 'whole', completion };
  }
  // Metered where it arrives: what is reported before the first content counts, too, should none ever come.
  let reads = false; // somebody, what comes as it comes
  const body = bounded(
    inbound.body,
    () => !reads,
    () => tooLong(provider),
  );
  const whole = complete(dialect.fromStream(body, origin), request.n ?? 1, provider);
  const chunks = metered(watched(clocks.paced(whole), asked), tally);
  const begun = await primed(chunks, hasContent);
  clocks.begun();
  if (!request.stream) return { kind: 'whole', completion: await fold(begun) };
  reads = true;
  tally.began();
  return { kind: 'stream', chunks: begun };
}

/**
 * Fails a stream that ends before each choice that was asked for has finished. A provider may give fewer choices on
 * purpose, filtering the others; then it says what the answer came to, which a stream that was cut never does.
 */
async function* complete(chunks: ChatStream, asked: number, provider: string): ChatStream {
  const finished = new Set<number>();
  let counted = false;
  for await (const batch of chunks) {
    for (const { choices, usage } of batch) {
      for (const { index, finish_reason } of choices) if (finish_reason !== null) finished.add(index);
      counted ||= Boolean(usage);
    }
    yield batch;
  }
  if (finished.size >= asked || counted) return;
  throw new GatewayError('provider_cut', {
    provider,
    message: `${provider} ended its answer with ${finished.size} of ${asked} choices.`,
  });
}

const tooLong = (provider: string) =>
  new GatewayError('provider_error', { provider, message: `${provider} answered with more than any answer has.` });

/** Names what goes wrong in a stream. After its first content that is noted here, for nobody else can see it. */
async function* watched(chunks: ChatStream, { step, named, going }: Asked): ChatStream {
  const { tally, world } = going;
  try {
    yield* chunks;
  } catch (error) {
    const failure = named(error);
    const ended = tally.streaming() ? endedWith(failure, { step, streams: true, hurried: false }) : undefined;
    if (ended !== undefined) world.cooldowns.note(step.target.name, ended);
    throw failure;
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
