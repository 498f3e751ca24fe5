/** A body's lines, those that arrive together together. A last line without its end was cut, and is left out. */
export async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncIterable<readonly string[]> {
  const utf8 = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + utf8.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    const full = lines.filter((line) => line !== '');
    if (full.length > 0) yield full;
  }
}
