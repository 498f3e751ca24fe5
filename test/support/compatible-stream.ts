import type { ChatChunk, ChunkChoice, UsageView } from '../../lib/openai/answer.ts';
import { compatibleDialect } from '../../lib/providers/compatible/compatible.ts';
import { arriving, breaking } from './bytes.ts';

/** A vendor that speaks OpenAI's dialect plainly. */
export const lab = compatibleDialect();
export const stamp = { id: 'chatcmpl-ours', created: 1_800_000_000, model: 'ours' };
export const usage = { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 };
export const done = 'data: [DONE]\n\n';

/** An event of a vendor's stream, as its bytes. */
export const said = (wire: unknown) => `data: ${JSON.stringify(wire)}\n\n`;

/** A chunk as a vendor writes it. */
export const chunk = (choices: readonly unknown[], more: object = {}) =>
  said({ id: 'v-1', object: 'chat.completion.chunk', created: 1_700_000_000, model: 'v', choices, ...more });

export const delta = (piece: object, index = 0, finish_reason: string | null = null) => ({
  index,
  delta: piece,
  finish_reason,
});

/** The chunks of a stream that arrives as these pieces and then ends, or breaks. */
export async function read(pieces: Iterable<Uint8Array | string>, breaks?: Error): Promise<ChatChunk[]> {
  const bytes = [...pieces].map((piece) => Buffer.from(piece));
  const body = breaks === undefined ? arriving(bytes) : breaking(bytes, breaks);
  return (await Array.fromAsync(lab.fromStream(body, { provider: 'lab', stamp }))).flat();
}

/** What came of a stream until it ended or failed. */
export async function attempt(pieces: Iterable<Uint8Array | string>, breaks?: Error) {
  const bytes = [...pieces].map((piece) => Buffer.from(piece));
  const body = breaks === undefined ? arriving(bytes) : breaking(bytes, breaks);
  const chunks: ChatChunk[] = [];
  try {
    for await (const batch of lab.fromStream(body, { provider: 'lab', stamp })) chunks.push(...batch);
    return { chunks, error: undefined };
  } catch (error) {
    return { chunks, error };
  }
}

/** What a client puts together from a stream. */
export function folded(chunks: readonly ChatChunk[]) {
  const choices = new Map<number, { text: string; finish: string | null; role: unknown }>();
  for (const { index, delta: piece, finish_reason } of chunks.flatMap((each): readonly ChunkChoice[] => each.choices)) {
    const so = choices.get(index) ?? { text: '', finish: null, role: piece.role };
    choices.set(index, { ...so, text: so.text + (piece.content ?? ''), finish: finish_reason ?? so.finish });
  }
  const usages: UsageView[] = chunks.flatMap((each) => (each.usage ? [each.usage] : []));
  return { choices: Object.fromEntries(choices), usages };
}
