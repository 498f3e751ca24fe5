import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ids that sort by the millisecond they were made in: ten characters of time, sixteen of chance (80 bits). Form and alphabet of ULID, in lower case. */
export function idMaker(
  prefix: string,
  now: () => number,
  random: (size: number) => Uint8Array = randomBytes,
): () => string {
  // Drawn for many ids at once: asking for a few bytes costs as much as asking for a page of them.
  let drawn: Uint8Array = new Uint8Array();
  let used = 0;
  return () => {
    if (used === drawn.length) {
      drawn = random(DRAWN_BYTES);
      used = 0;
    }
    let id = idsSince(prefix, now());
    for (const byte of drawn.subarray(used, used + CHANCE_BYTES)) id += ALPHABET[byte % 32];
    used += CHANCE_BYTES;
    return id;
  };
}

const CHANCE_BYTES = 16;
const DRAWN_BYTES = 256 * CHANCE_BYTES;

/** Where the ids made at a moment begin: every one made then or later sorts after this, every earlier one before. */
export function idsSince(prefix: string, moment: number): string {
  let start = '';
  for (let time = Math.floor(moment), at = 0; at < 10; at++, time = Math.floor(time / 32))
    start = ALPHABET[time % 32] + start;
  return `${prefix}${start}`;
}

/** When an id was made, in epoch milliseconds: it sorts among ids as this moment does. NaN for a text that is no id. */
export function madeAt(id: string): number {
  const start = id.indexOf('_') + 1;
  let time = 0;
  for (let at = start; at < start + 10; at++) {
    const value = at < id.length ? ALPHABET.indexOf(id.charAt(at)) : 0;
    time = 32 * time + (value < 0 ? Number.NaN : value);
  }
  return time;
}
