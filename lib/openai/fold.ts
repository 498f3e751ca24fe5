import type { ChatChunk, ChatCompletion, ChatStream, ChunkChoice, FinishReason, UsageView } from './answer.ts';
import { added, type FoldedCall, toCall } from './fold-call.ts';
import { addBeside, addSaid, type FoldedFields, isFields, noFields } from './fold-fields.ts';

type Folding = {
  readonly index: number;
  content: string | null;
  reasoning: string | null;
  refusal: string | null;
  readonly details: unknown[];
  readonly calls: Map<number, FoldedCall>;
  logprobs: FoldedFields | null;
  /** Fields of a delta that we do not know. */
  readonly more: FoldedFields;
  /** What a choice holds beside its delta, such as the provider's own word for the finish. */
  readonly beside: FoldedFields;
  finish: FinishReason | null;
};

/** What stands in chunks for the sake of the stream alone. */
const OF_STREAMS = new Set(['obfuscation']);

/** A streamed answer put together to a whole one. Fails as the stream fails; a stream that ends well folds to what the provider would have sent unstreamed. */
export async function fold(chunks: ChatStream): Promise<ChatCompletion> {
  const { add, soFar } = openFolding();
  for await (const batch of chunks) add(batch);
  const { choices, ...folded } = soFar();
  // A dialect never ends a stream without a finish.
  return {
    ...folded,
    choices: choices.map((choice) => ({ ...choice, finish_reason: choice.finish_reason ?? 'stop' })),
  };
}

/** Puts a streamed answer together as it comes. */
export function openFolding() {
  const choices = new Map<number, Folding>();
  let head: { readonly id: string; readonly created: number; readonly model: string } | undefined;
  let usage: UsageView | undefined;
  const more: Record<string, unknown> = {};
  return {
    add(batch: readonly ChatChunk[]): void {
      for (const chunk of batch) {
        const { id, object: _, created, model, choices: pieces, usage: counted, ...beside } = chunk;
        head ??= { id, created, model };
        usage = counted ?? usage;
        for (const choice of pieces) add(choice, choices);
        for (const [name, value] of Object.entries(beside))
          if (value !== null && !OF_STREAMS.has(name)) more[name] = value;
      }
    },

    /** What has come; a choice that has not ended has no finish. */
    soFar: () => ({
      ...more,
      id: head?.id ?? '',
      object: 'chat.completion' as const,
      created: head?.created ?? 0,
      model: head?.model ?? '',
      choices: [...choices.values()].sort((a, b) => a.index - b.index).map(toChoice),
      ...(usage === undefined ? {} : { usage }),
    }),
  };
}

function add({ index, delta, finish_reason, logprobs, ...beside }: ChunkChoice, choices: Map<number, Folding>): void {
  const choice = choices.get(index) ?? fresh(index);
  choices.set(index, choice);
  const { role: _, content, reasoning_content, refusal, reasoning_details, tool_calls, ...more } = delta;
  if (typeof content === 'string') choice.content = (choice.content ?? '') + content;
  if (typeof reasoning_content === 'string') choice.reasoning = (choice.reasoning ?? '') + reasoning_content;
  if (typeof refusal === 'string') choice.refusal = (choice.refusal ?? '') + refusal;
  if (Array.isArray(reasoning_details)) choice.details.push(...reasoning_details);
  for (const call of tool_calls ?? []) choice.calls.set(call.index, added(choice.calls.get(call.index) ?? {}, call));
  if (isFields(logprobs)) {
    choice.logprobs ??= noFields();
    addSaid(choice.logprobs, logprobs);
  }
  addSaid(choice.more, more);
  addBeside(choice.beside, beside);
  choice.finish = finish_reason ?? choice.finish;
}

const fresh = (index: number): Folding => ({
  index,
  content: null,
  reasoning: null,
  refusal: null,
  details: [],
  calls: new Map(),
  logprobs: null,
  more: noFields(),
  beside: noFields(),
  finish: null,
});

function toChoice({ index, content, reasoning, refusal, details, calls, logprobs, more, beside, finish }: Folding) {
  const tool_calls = [...calls.entries()].sort(([a], [b]) => a - b).map(([, call]) => toCall(call));
  return {
    ...beside,
    index,
    message: {
      role: 'assistant' as const,
      content: content === '' && tool_calls.length > 0 ? null : content,
      refusal,
      ...(reasoning === null ? {} : { reasoning_content: reasoning }),
      ...(details.length === 0 ? {} : { reasoning_details: details }),
      ...(tool_calls.length === 0 ? {} : { tool_calls }),
      ...more,
    },
    logprobs,
    finish_reason: finish,
  };
}
