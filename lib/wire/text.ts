import type { Timer } from './timer.ts';

/** The whole of a body as text, cut at `most` bytes; what lies beyond is not read. */
export async function readText(body: AsyncIterable<Uint8Array>, most = Number.POSITIVE_INFINITY): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    if (length >= most) break;
  }
  return Buffer.concat(pieces).toString('utf8', 0, Math.min(length, most));
}

/** How much of a body is read, and how long it is waited for. */
type Most = { readonly bytes: number; readonly ms: number };

/** As much of a body as comes in time, whatever becomes of the rest. Whoever asks ends what is still under way. */
export async function readSome(
  body: AsyncIterable<Uint8Array>,
  most: Most,
  { timer }: { readonly timer: Timer },
): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  const reading = async () => {
    for await (const piece of body) {
      text += decoder.decode(piece, { stream: true });
      if (text.length >= most.bytes) break;
    }
  };
  await new Promise<void>((resolve) => {
    const cancel = timer(most.ms, resolve);
    reading()
      .catch(() => {})
      .finally(cancel)
      .then(resolve);
  });
  return text.slice(0, most.bytes);
}
