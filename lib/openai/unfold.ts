import type { ChatChunk, ChatCompletion, ChatStream, ChunkChoice, Delta, ToolCallDelta } from './answer.ts';
import { isObject, type Json, type JsonObject } from './json.ts';

/** What a reader sees at once: about six words, */
const PIECE_CHARACTERS = 32;
/** but all is here already, and a long text in so small pieces would be mostly their wrapping. */
const MOST_PIECES = 256;

/** A whole answer as the stream that would fold to it, in pieces as a model writes them. */
export async function* unfold(completion: ChatCompletion): ChatStream {
  const { id, object: _, created, model, choices, usage, ...more } = completion;
  const head = { id, object: 'chat.completion.chunk' as const, created, model };
  const chunkOf = (choice: ChunkChoice): ChatChunk => ({ ...head, choices: [choice] });
  for (const choice of choices) yield [...piecesOf(choice)].map(chunkOf);
  const ends = choices.map(({ index, finish_reason, message: __, logprobs, ...beside }) => ({
    ...beside,
    index,
    delta: {},
    ...(logprobs !== undefined && { logprobs }),
    finish_reason,
  }));
  yield [{ ...more, ...head, choices: ends }];
  if (usage !== undefined) yield [{ ...head, choices: [], usage }];
}

/** The pieces of one choice, the first of which says whose turn it is. */
function* piecesOf({ index, message }: ChatCompletion['choices'][number]): Iterable<ChunkChoice> {
  const { role, content, refusal, reasoning_content: thoughts, tool_calls: calls, ...more } = message;
  const piece = (delta: Delta): ChunkChoice => ({ index, delta, finish_reason: null });
  yield piece({ role });
  for (const text of cut(thoughts)) yield piece({ reasoning_content: text });
  if (Object.keys(more).length > 0) yield piece(more);
  for (const text of cut(content)) yield piece({ content: text });
  for (const text of cut(refusal)) yield piece({ refusal: text });
  for (const delta of callsIn(calls)) yield piece({ tool_calls: [delta] });
}

/** A text in pieces that end with a word, as long as a reader likes, or as a long text needs. An empty text is one empty piece: it is not the same as none. */
function cut(text: unknown): readonly string[] {
  if (typeof text !== 'string') return [];
  if (text === '') return [''];
  const pieces: string[] = [];
  const least = Math.max(PIECE_CHARACTERS, Math.ceil(text.length / MOST_PIECES));
  for (let from = 0; from < text.length; ) {
    const space = text.slice(from + least, from + 2 * least).indexOf(' ');
    const until = from + least + (space < 0 ? least : space + 1);
    const end = until < text.length && isLowSurrogate(text, until) ? until + 1 : until;
    pieces.push(text.slice(from, end));
    from = end;
  }
  return pieces;
}

/** True where a cut would part the two halves of one character. */
const isLowSurrogate = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xdc00;

/** Each call, all of it but its words at once: those come in pieces. */
function* callsIn(calls: unknown): Iterable<ToolCallDelta> {
  if (!Array.isArray(calls)) return;
  const list: readonly Json[] = calls;
  for (const [index, call] of list.entries()) {
    if (!isObject(call)) continue;
    const spoken = wordsOf(call);
    yield { ...call, index, ...(spoken && { [spoken.part]: { ...spoken.of, [spoken.field]: '' } }) };
    for (const text of cut(spoken?.text)) yield { index, [spoken?.part ?? '']: { [spoken?.field ?? '']: text } };
  }
}

/** Where a call holds what the model wrote: a function's arguments, or the input of a tool of another kind. */
function wordsOf(call: JsonObject) {
  for (const [part, field] of [
    ['function', 'arguments'],
    ['custom', 'input'],
  ] as const) {
    const of = call[part];
    if (isObject(of) && typeof of[field] === 'string') return { part, field, of, text: of[field] };
  }
  return undefined;
}
