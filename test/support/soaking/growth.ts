import { median } from '../../bench/printed.ts';
import type { Look } from './soak-door.ts';

/** How much more of everything a gateway used late than early, once it was warm. */
export type Growth = {
  readonly early: Omit<Look, 'calls'>;
  readonly late: Omit<Look, 'calls'>;
  readonly calls: number;
};

/** Compares the last third of what is left without the first third, which is its warming up, with what came before. */
export function growthOf(looks: readonly Look[]): Growth {
  const warm = looks.slice(Math.floor(looks.length / 3));
  const third = Math.ceil(warm.length / 3);
  const [early, late] = [warm.slice(0, third), warm.slice(-third)];
  return { early: middle(early), late: middle(late), calls: mean(late) - mean(early) };
}

const middle = (looks: readonly Look[]): Omit<Look, 'calls'> => ({
  megabytes: median(looks.map(({ megabytes }) => megabytes)),
  liveMegabytes: median(looks.map(({ liveMegabytes }) => liveMegabytes)),
  files: median(looks.map(({ files }) => files)),
});

const mean = (looks: readonly Look[]) => looks.reduce((sum, { calls }) => sum + calls, 0) / looks.length;
