/** When a stream was asked for, and when each piece of its content came, in milliseconds. */
export type Arrivals = { readonly askedAt: number; readonly at: readonly number[] };

/** Pieces nearer than this came at once. */
const AT_ONCE_MS = 5;
/** So few pieces tell nothing. */
const FEWEST = 5;

/** Whether content came as it was made, or was kept back and came at once; undefined where there was too little of it. */
export function streamed({ askedAt, at }: Arrivals): boolean | undefined {
  const [first, last] = [at.at(0), at.at(-1)];
  if (at.length < FEWEST || first === undefined || last === undefined) return undefined;
  const spread = last - first;
  if (spread < Math.max(20, (last - askedAt) / 20)) return false;
  // A fast model's pieces follow each other closely; a slow one's that come in one or two lumps were kept back.
  return lumps(at) > 2 || spread / at.length < AT_ONCE_MS;
}

const lumps = (at: readonly number[]): number =>
  at.filter((ms, index) => ms - (at[index - 1] ?? Number.NEGATIVE_INFINITY) >= AT_ONCE_MS).length;
