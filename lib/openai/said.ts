import { isUtf8 } from 'node:buffer';

/** What bytes say, read as a text. */
export type Said = {
  /** As they are meant, by all they say of themselves; after that, as others might read them who do not listen. */
  readonly readings: readonly [string, ...string[]];
  /** Whether they are in UTF-8: others read them as we do, without a word from us. */
  readonly utf8: boolean;
  /** False where they are said to be in a charset that nobody here can read. */
  readonly known: boolean;
};

/** Reads bytes by the mark they begin with, by the charset they are said to be in, or else as UTF-8, and what is none as browsers do. */
export function toSaid(bytes: Uint8Array, charset: string | undefined): Said {
  const told = charset ? encodingOf(charset) : 'utf-8';
  const plain = isUtf8(bytes) ? 'utf-8' : 'windows-1252';
  // What is right in UTF-8 is in UTF-8, whatever it is said to be: in hardly any other would it be by chance.
  const mistold = told === 'utf-8' || (plain === 'utf-8' && !NOT_AS_ASCII.test(told ?? ''));
  const foreign = mistold ? undefined : told;
  const encodings = [marked(bytes), foreign, zeroed(bytes), plain].filter((each) => each !== undefined);
  const [first = plain, ...others] = new Set(encodings);
  const read = (encoding: string) => new TextDecoder(encoding).decode(bytes);
  return { readings: [read(first), ...others.map(read)], utf8: first === 'utf-8', known: told !== undefined };
}

/** In these, letters are not the bytes that they are in all others. */
const NOT_AS_ASCII = /^(?:utf-16|iso-2022)/;

/** True where bytes that nobody calls a text could be one. */
export const couldBeText = (bytes: Uint8Array): boolean =>
  isUtf8(bytes) || marked(bytes) !== undefined || !bytes.some(isControl) || zeroed(bytes) !== undefined;

const isControl = (byte: number): boolean => byte < 0x20 && !(byte >= 0x09 && byte <= 0x0d);

/** https://encoding.spec.whatwg.org/#bom-sniff */
function marked([one, two]: Uint8Array): string | undefined {
  if (one === 0xff && two === 0xfe) return 'utf-16le';
  return one === 0xfe && two === 0xff ? 'utf-16be' : undefined;
}

/** Where most letters are a zero and another byte, they are two bytes each. */
function zeroed(bytes: Uint8Array): string | undefined {
  if (!bytes.includes(0)) return undefined;
  let [even, odd] = [0, 0];
  for (let at = 0; at < bytes.length; at += 2) {
    if (bytes[at] === 0) even++;
    if (bytes[at + 1] === 0) odd++;
    if (even > 0 && odd > 0) return undefined;
  }
  if ((even + odd) * 3 < bytes.length) return undefined;
  return odd > 0 ? 'utf-16le' : 'utf-16be';
}

function encodingOf(charset: string): string | undefined {
  try {
    return new TextDecoder(charset).encoding;
  } catch {
    return undefined;
  }
}
