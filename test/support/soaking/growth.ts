import { median } from '../../bench/printed.ts';
import type { Used } from '../held.ts';
import type { Look } from './soak-door.ts';

/** What a gateway used early and late, once it was warm. */
export type Growth = {
  readonly early: Omit<Look, 'calls'>;
  readonly late: Omit<Look, 'calls'>;
  /** How many calls lie between. */
  readonly calls: number;
  /** What is live of the heap grows by so many bytes with each call. */
  readonly liveBytesACall: number;
  /** And the data folder by so many. */
  readonly dataBytesACall: number;
};

/** Leaves a third of the looks out, in which a gateway warms up, and compares the first third of the others with the last. */
export function growthOf(looks: readonly Look[]): Growth {
  const warm = looks.slice(Math.floor(looks.length / 3));
  const third = Math.ceil(warm.length / 3);
  const [early, late] = [warm.slice(0, third), warm.slice(-third)];
  const calls = median(late.map((each) => each.calls)) - median(early.map((each) => each.calls));
  const bytesACall = (megabytesOf: (look: Look) => number) => 1024 ** 2 * slopeOf(warm, megabytesOf);
  return {
    early: middle(early),
    late: middle(late),
    calls,
    liveBytesACall: bytesACall(({ liveMegabytes }) => liveMegabytes),
    dataBytesACall: bytesACall(({ dataMegabytes }) => dataMegabytes),
  };
}

const middle = (looks: readonly Look[]): Omit<Look, 'calls'> => ({
  ...middleOf(looks),
  database: middleOf(looks.map(({ database }) => database)),
  dataMegabytes: median(looks.map(({ dataMegabytes }) => dataMegabytes)),
});

const middleOf = (each: readonly Used[]): Used => ({
  megabytes: median(each.map(({ megabytes }) => megabytes)),
  liveMegabytes: median(each.map(({ liveMegabytes }) => liveMegabytes)),
  files: median(each.map(({ files }) => files)),
});

/** The slope in the middle of those between any two looks: a single one that is off changes nothing (Theil and Sen). */
function slopeOf(looks: readonly Look[], of: (look: Look) => number): number {
  const slopes = looks.flatMap((one, at) =>
    looks.slice(at + 1).map((other) => (of(other) - of(one)) / (other.calls - one.calls)),
  );
  return median(slopes);
}
