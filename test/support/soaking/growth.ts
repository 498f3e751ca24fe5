import { median } from '../../bench/printed.ts';
import type { Look } from './soak-door.ts';

/** What a gateway used early and late, once it was warm. */
export type Growth = {
  readonly early: Omit<Look, 'calls'>;
  readonly late: Omit<Look, 'calls'>;
  /** How many calls lie between. */
  readonly calls: number;
  /** What is live of the heap grows by so many bytes with each call. */
  readonly liveBytesACall: number;
};

/** Leaves a third of the looks out, in which a gateway warms up, and compares the first third of the others with the last. */
export function growthOf(looks: readonly Look[]): Growth {
  const warm = looks.slice(Math.floor(looks.length / 3));
  const third = Math.ceil(warm.length / 3);
  const [early, late] = [warm.slice(0, third), warm.slice(-third)];
  const calls = median(late.map((each) => each.calls)) - median(early.map((each) => each.calls));
  return { early: middle(early), late: middle(late), calls, liveBytesACall: slopeOf(warm) };
}

const middle = (looks: readonly Look[]): Omit<Look, 'calls'> => ({
  megabytes: median(looks.map(({ megabytes }) => megabytes)),
  liveMegabytes: median(looks.map(({ liveMegabytes }) => liveMegabytes)),
  files: median(looks.map(({ files }) => files)),
});

/** The slope in the middle of those between any two looks: a single one that is off changes nothing (Theil and Sen). */
function slopeOf(looks: readonly Look[]): number {
  const slopes = looks.flatMap((one, at) =>
    looks
      .slice(at + 1)
      .map((other) => (1024 ** 2 * (other.liveMegabytes - one.liveMegabytes)) / (other.calls - one.calls)),
  );
  return median(slopes);
}
