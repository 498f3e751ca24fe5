import { GatewayError } from '../../errors.ts';
import type { ChatChunk, ChatStream, Delta, FinishReason, ToolCallDelta, UsageView } from '../../openai/answer.ts';
import { sseEvents } from '../../wire/sse.ts';
import { openCalls } from '../compatible/calls.ts';
import { nativeFinish } from '../compatible/finish.ts';
import type { Origin } from '../provider.ts';
import { objectSeries, type Wire, wireCount, wireObject, wireText } from '../wire.ts';

const reasons: Readonly<Record<string, FinishReason>> = {
  COMPLETE: 'stop',
  STOP_SEQUENCE: 'stop',
  MAX_TOKENS: 'length',
  TOOL_CALL: 'tool_calls',
  ERROR_TOXIC: 'content_filter',
};

/** Cohere's stream as OpenAI would have written it; its plan before a tool call is a thought. Whole once `message-end` was read. */
export async function* fromStream(body: AsyncIterable<Uint8Array>, origin: Origin): ChatStream {
  const { provider, stamp } = origin;
  const toObject = objectSeries(provider);
  const calls = openCalls(origin, 0);
  const citations: unknown[] = [];
  let head = stamp;
  let begun = false;
  let ended = false;

  const toChunk = (delta: Delta, finish: FinishReason | null = null, more: object = {}): ChatChunk => {
    const first: Delta = begun ? delta : { role: 'assistant', ...delta };
    begun = true;
    const choice = { index: 0, delta: first, finish_reason: finish, ...more };
    return { ...head, object: 'chat.completion.chunk', choices: [choice] };
  };
  const called = (tool_calls: readonly ToolCallDelta[]): readonly ChatChunk[] =>
    tool_calls.length === 0 ? [] : [toChunk({ tool_calls })];
  const read = (data: string): readonly ChatChunk[] => {
    if (ended || data === '[DONE]') return [];
    const { type, id, index, delta, ...rest } = toObject(data);
    const { message, finish_reason, usage } = wireObject(delta);
    const said = wireObject(message);
    switch (type) {
      case 'message-start':
        head = { ...stamp, id: wireText(id) ?? stamp.id };
        return [toChunk({ content: null })];
      case 'content-start':
      case 'content-delta':
        return toDeltas(wireObject(said.content)).map((each) => toChunk(each));
      case 'tool-plan-delta':
        return toDeltas({ thinking: said.tool_plan }).map((each) => toChunk(each));
      case 'tool-call-start':
      case 'tool-call-delta':
        return called(calls.add([{ ...wireObject(said.tool_calls), index }]));
      case 'tool-call-end':
        return called(calls.close(index));
      case 'citation-start':
        citations.push(said.citations);
        return [];
      case 'message-end': {
        ended = true;
        const finish = toFinish(finish_reason, provider);
        const closing = called(calls.end());
        const cited = citations.length > 0 ? { citations } : {};
        const last = toChunk(cited, finish, nativeFinish(finish_reason, finish));
        const counted = toUsageView(wireObject(usage));
        const end: ChatChunk = { ...head, object: 'chat.completion.chunk', choices: [], usage: counted };
        return [...closing, last, ...(counted === undefined ? [] : [end])];
      }
      case undefined:
        if (rest.message !== undefined || rest.error !== undefined) throw failure(provider);
        return [];
      default:
        return [];
    }
  };

  for await (const events of sseEvents(body)) {
    const chunks: ChatChunk[] = [];
    try {
      for (const { data } of events) chunks.push(...read(data));
    } finally {
      if (chunks.length > 0) yield chunks; // before the failure that came with them
    }
  }
  if (ended) return;
  const message = `${provider} ended its answer before it was finished.`;
  throw new GatewayError('provider_cut', { provider, message });
}

function toDeltas({ text, thinking }: Wire): readonly Delta[] {
  const content = wireText(text);
  const thought = wireText(thinking);
  return [
    ...(thought === undefined ? [] : [{ reasoning_content: thought }]),
    ...(content === undefined ? [] : [{ content }]),
  ];
}

function toFinish(word: unknown, provider: string): FinishReason {
  if (typeof word !== 'string' || word === 'ERROR' || word === 'TIMEOUT') throw failure(provider);
  return Object.hasOwn(reasons, word) ? (reasons[word] ?? 'stop') : 'stop';
}

/** Tokens as the model counts them; `billed_units` leave out what Cohere itself put into the prompt. */
function toUsageView({ tokens, billed_units, cached_tokens }: Wire): UsageView | undefined {
  const counted = wireObject(tokens ?? billed_units);
  const prompt = wireCount(counted.input_tokens);
  const completion = wireCount(counted.output_tokens);
  if (prompt === undefined || completion === undefined) return undefined;
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: { cached_tokens: wireCount(cached_tokens) ?? 0 },
    completion_tokens_details: { reasoning_tokens: wireCount(counted.reasoning_tokens) ?? 0 },
  };
}

const failure = (provider: string) =>
  new GatewayError('provider_error', { provider, message: `${provider} failed while it answered.` });
