/** More than any answer, or refusal, that is not a stream. */
const MOST_BYTES = 4 * 1024 * 1024;

/** Keeps the bytes that pass until the first event shows that they are a stream. */
export function beginning() {
  let kept: Uint8Array[] | undefined = [];
  let length = 0;
  return {
    async *keeping(body: AsyncIterable<Uint8Array>) {
      for await (const bytes of body) {
        length += bytes.length;
        if (length <= MOST_BYTES) kept?.push(bytes);
        yield bytes;
      }
    },
    forget: () => {
      kept = undefined;
    },
    text: () => Buffer.concat(kept ?? []).toString('utf8'),
  };
}
