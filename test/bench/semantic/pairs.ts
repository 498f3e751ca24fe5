import type { Pair } from './pair.ts';
import { blind } from './pairs/blind.ts';
import { heldOutMisses } from './pairs/held-out-misses.ts';
import { heldOutParaphrases } from './pairs/held-out-paraphrases.ts';
import { heldOutTemplates } from './pairs/held-out-templates.ts';
import { later } from './pairs/later.ts';
import { names } from './pairs/near-misses-names.ts';
import { sense } from './pairs/near-misses-sense.ts';
import { values } from './pairs/near-misses-values.ts';
import { everyday } from './pairs/paraphrases-everyday.ts';
import { expert } from './pairs/paraphrases-expert.ts';
import { languages } from './pairs/paraphrases-languages.ts';
import { others } from './pairs/unlike.ts';

/**
 * Questions as people ask them, two by two: paraphrases, near misses, and some that have little in common. The filters
 * that stand now were made with the first two sets in sight.
 */
export const sets: Readonly<Record<string, readonly Pair[]>> = {
  'before the filters': [...everyday, ...expert, ...languages, ...values, ...names, ...sense, ...others, ...later],
  'against earlier ones': [...heldOutMisses, ...heldOutTemplates, ...heldOutParaphrases],
  'after the filters': blind,
};

/** All pairs, each with the set it is of. */
export const pairs: readonly (Pair & { readonly set: string })[] = Object.entries(sets).flatMap(([set, all]) =>
  all.map((pair) => ({ ...pair, set })),
);
