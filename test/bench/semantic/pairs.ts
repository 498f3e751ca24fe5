import type { Pair } from './pair.ts';
import { later } from './pairs/later.ts';
import { names } from './pairs/near-misses-names.ts';
import { sense } from './pairs/near-misses-sense.ts';
import { values } from './pairs/near-misses-values.ts';
import { everyday } from './pairs/paraphrases-everyday.ts';
import { expert } from './pairs/paraphrases-expert.ts';
import { languages } from './pairs/paraphrases-languages.ts';
import { others } from './pairs/unlike.ts';

/** Questions as people ask them, two by two: paraphrases, near misses, and some that have little in common. */
export const pairs: readonly Pair[] = [
  ...everyday,
  ...expert,
  ...languages,
  ...values,
  ...names,
  ...sense,
  ...others,
  ...later,
];
