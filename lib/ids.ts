import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

/** Ids that sort by the millisecond they were made in: ten characters of time, sixteen of chance (80 bits). Form and alphabet of ULID, in lower case. */
export function idMaker(
  prefix: string,
  now: () => number,
  random: (size: number) => Uint8Array = randomBytes,
): () => string {
  return () => {
    let id = idsSince(prefix, now());
    for (const byte of random(16)) id += ALPHABET[byte % 32];
    return id;
  };
}

/** Where the ids made at a moment begin: every one made then or later sorts after this, every earlier one before. */
export function idsSince(prefix: string, moment: number): string {
  let start = '';
  for (let time = Math.floor(moment), at = 0; at < 10; at++, time = Math.floor(time / 32))
    start = ALPHABET[time % 32] + start;
  return `${prefix}${start}`;
}

/** When an id was made, in epoch milliseconds: it sorts among ids as this moment does. NaN for a text that is no id. */
export const madeAt = (id: string): number =>
  [
    ...id
      .slice(id.indexOf('_') + 1)
      .slice(0, 10)
      .padEnd(10, ALPHABET[0]),
  ].reduce((time, digit) => {
    const value = ALPHABET.indexOf(digit);
    return 32 * time + (value < 0 ? Number.NaN : value);
  }, 0);
