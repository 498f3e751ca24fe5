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
