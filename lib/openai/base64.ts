/** What is written in base64. */
export type Base64 = {
  /** What it says, or would say without the signs that are none of its own. */
  readonly bytes: Buffer;
  /** False where another reader could read something else, or nothing. */
  readonly wellFormed: boolean;
  /** True where nobody could have meant the signs themselves: they go on too long to be words. */
  readonly wordless: boolean;
};

/** Reads base64, of either alphabet, in one line or in many. */
export function fromBase64(written: string): Base64 {
  const wellFormed = /^[\w+/\r\n-]*={0,2}[\r\n]*$/.test(written);
  const own = wellFormed ? written : written.replace(/[^\w+/-]/g, '');
  return { bytes: Buffer.from(own, 'base64'), wellFormed, wordless: wellFormed && isWordless(written) };
}

/** What a text says whose signs may be written as `%41`; what only looks like that stays. */
export function percentDecoded(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (!text.includes('%')) return bytes;
  const decoded = bytes
    .toString('latin1')
    .replace(/%([\da-f]{2})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  return Buffer.from(decoded, 'latin1');
}

/** Shorter ones say too little to be bytes, and could be a number that somebody wrote. */
const LEAST_SIGNS = 64;
/** Keys have `-` and `_`, too, and are no longer. */
const LEAST_WITH_DASHES = 4096;

function isWordless(written: string): boolean {
  if (written.length < (/[_-]/.test(written) ? LEAST_WITH_DASHES : LEAST_SIGNS)) return false;
  return !/^.{0,59}\r?\n/m.test(written.trimEnd()); // a line that was not broken for being long is a word
}
