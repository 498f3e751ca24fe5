import { overheadsOf } from '../catalog/overheads.ts';
import { isFields, isGiven, listOf, type Quotable } from './ceiling-request.ts';
import { bytesOf, textBytes, type Unfold } from './input-bound-text.ts';
import { type Medium, mediaBound, mediaEstimate, mediaIn } from './media.ts';

/** What there is to read in a request, whoever reads it. */
export type Reading = {
  readonly bytes: number;
  /** Messages or, of an embedding, texts. */
  readonly pieces: number;
  readonly media: readonly Medium[];
  readonly tooled: boolean;
};

/** What a template puts around a message, at most. */
const PIECE_TOKENS = 16;
/** Text is more bytes a token in every language; this is for fairness, not for money. */
const USUAL_BYTES = 3;

export function toReading(request: Quotable, unfold: Unfold): Reading {
  return {
    bytes: bytesOf(request, unfold),
    pieces: request.messages.length,
    media: mediaIn(request),
    tooled: tooled(request),
  };
}

/** The reading of texts to embed. Ids are tokens already; a text may be spelled out before it is cut: U+FDFA is 18 letters. */
export function toTextReading(input: readonly string[] | readonly (readonly number[])[]): Reading {
  const bytes = input.map((each) =>
    typeof each === 'string' ? Math.max(textBytes(each), textBytes(each.normalize('NFKC'))) : each.length,
  );
  return { bytes: bytes.reduce((sum, each) => sum + each, 0), pieces: input.length, media: [], tooled: false };
}

/** The most tokens a target, `provider/model`, can count in the prompt. */
export function inputBound({ bytes, pieces, media, tooled }: Reading, target: string): number {
  const { template, tools } = overheadsOf(target);
  return bytes + PIECE_TOKENS * pieces + mediaBound(media, target) + template + (tooled ? tools : 0);
}

/** About how many tokens that will be, rather too many than too few. */
export function inputEstimate({ bytes, pieces, media }: Reading, target: string): number {
  return Math.ceil(bytes / USUAL_BYTES) + PIECE_TOKENS * pieces + mediaEstimate(media, target);
}

/** True where tools are explained to the model: a history of calls needs that, and a schema may be told as a tool. */
function tooled({ tools, functions, response_format: format, messages }: Quotable): boolean {
  if (listOf(tools).length > 0 || listOf(functions).length > 0) return true;
  if (isFields(format) && format.type === 'json_schema') return true;
  return messages.some(({ role, tool_calls: calls }) => role === 'tool' || isGiven(calls));
}
