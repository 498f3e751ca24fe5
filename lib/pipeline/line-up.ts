import type { World } from '../world.ts';
import type { Step } from './plan.ts';

/** A step, and how often it is tried at most. */
export type Tried = Step & { readonly tries: number };

/** The steps of a plan: those that may be called, those that are left alone, and those for longer prompts. */
export type Line = { readonly awake: readonly Tried[]; readonly resting: Tried[]; readonly larger: readonly Tried[] };

/** Puts the steps of a plan in line, as the cooldowns know them now. */
export function lineUp(steps: readonly Step[], { cooldowns }: World): Line {
  const usual = steps.filter(({ forLonger }) => !forLonger);
  const awake = usual.filter(({ target }) => !cooldowns.resting(target.name));
  const resting = usual.filter((step) => !awake.includes(step));
  return {
    awake: counted(awake),
    resting: awake.length === 0 ? counted(resting) : resting.map((step) => ({ ...step, tries: 1 })),
    larger: counted(steps.filter(({ forLonger }) => forLonger)),
  };
}

/** As often as its route says, else twice for one that stands alone. */
const counted = (steps: readonly Step[]): Tried[] =>
  steps.map((step) => ({ ...step, tries: step.tries ?? (steps.length === 1 ? 2 : 1) }));

/**
 * The tries in their order: a retry is the same target listed twice. One that turns out to be left alone on the way, and is
 * put among the resting, comes after all who may be called.
 */
export function* inTurn({ awake, resting, larger }: Line): Iterable<Tried> {
  for (const step of awake.flatMap(listed)) if (!resting.includes(step)) yield step;
  for (const step of resting) yield* listed(step);
  yield* larger.flatMap(listed);
}

const listed = (step: Tried): readonly Tried[] => Array<Tried>(step.tries).fill(step);

/** The names of all other targets that may still be called. */
export const othersThan = (name: string, { awake, resting }: Line): readonly string[] =>
  [...awake, ...resting].flatMap(({ target }) => (target.name === name ? [] : [target.name]));
