import { toRates } from '../../../lib/catalog/price.ts';
import type { ChatChunk } from '../../../lib/openai/answer.ts';
import { fold } from '../../../lib/openai/fold.ts';
import { geminiMaker } from '../../../lib/providers/gemini/gemini.ts';
import type { Target } from '../../../lib/providers/provider.ts';

/** A piece of an answer as the API words it. Everything in these tests is synthetic: written by hand after the documentation. */
export type Piece = Record<string, unknown>;

const provider = geminiMaker.make('gemini', { credential: 'env:GEMINI_API_KEY' });
const price = toRates({ input: 0, output: 0 });

export const targetOf = (model: string): Target => ({ name: `gemini/${model}`, provider, model, price });
export const dialect = provider.chat('gemini-2.5-flash');

export const originOf = (model = 'gemini-2.5-flash') => ({
  provider: 'gemini',
  stamp: { id: 'chatcmpl-req_1', created: 1_700_000_000, model },
});

/** A piece with parts, and perhaps the end. */
export const piece = (parts: readonly Piece[], more: Piece = {}, rest: Piece = {}): Piece => ({
  candidates: [{ content: { role: 'model', parts }, index: 0, ...more }],
  modelVersion: 'gemini-2.5-flash',
  responseId: 'resp-1',
  ...rest,
});

export const counts = (prompt: number, candidates: number, thoughts = 0, cached = 0): Piece => ({
  usageMetadata: {
    promptTokenCount: prompt,
    candidatesTokenCount: candidates,
    thoughtsTokenCount: thoughts,
    cachedContentTokenCount: cached,
    totalTokenCount: prompt + candidates + thoughts,
  },
});

/** Pieces as server-sent events, with the line ends Google uses. */
export const asEvents = (pieces: readonly Piece[]): Uint8Array =>
  Buffer.from(pieces.map((each) => `data: ${JSON.stringify(each)}\r\n\r\n`).join(''));

/** Pieces as the list a stream without `alt=sse` is. */
export const asList = (pieces: readonly Piece[]): Uint8Array =>
  Buffer.from(`[${pieces.map((each) => JSON.stringify(each, null, 2)).join('\n,\r\n')}\n]\n`);

export async function* sent(...reads: readonly Uint8Array[]): AsyncIterable<Uint8Array> {
  yield* reads;
}

/** Bytes in reads that end at the given positions. */
export function cutAt(bytes: Uint8Array, positions: readonly number[]): Uint8Array[] {
  const ends = [...new Set(positions.map((each) => each % bytes.length))].sort((a, b) => a - b);
  return [0, ...ends].map((from, at) => bytes.subarray(from, ends[at] ?? bytes.length));
}

export const streamed = (bytes: readonly Uint8Array[], model?: string) =>
  dialect.fromStream(sent(...bytes), originOf(model));

export async function chunksOf(bytes: readonly Uint8Array[], model?: string): Promise<ChatChunk[]> {
  const chunks: ChatChunk[] = [];
  for await (const batch of streamed(bytes, model)) chunks.push(...batch);
  return chunks;
}

/** Pieces as the whole answer they fold to. */
export const folded = (pieces: readonly Piece[], model?: string) => fold(streamed([asEvents(pieces)], model));
