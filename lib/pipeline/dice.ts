import { createHash } from 'node:crypto';
import type { Caller } from '../caller.ts';
import type { Dice } from './flatten.ts';

/** As many bits as a number holds exactly. */
const BYTES = 6;

/** The dice of a call: thrown anew each time, but for a user, who gets the same number at the same place for ever. */
export function diceFor({ tenant }: Caller, user: string | undefined, random: () => number): Dice {
  if (user === undefined) return random;
  return (place) => {
    const hash = createHash('sha256')
      .update(JSON.stringify([tenant, user, place]))
      .digest();
    return hash.readUIntBE(0, BYTES) / 2 ** (8 * BYTES);
  };
}
