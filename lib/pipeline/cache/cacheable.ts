import type { Hold } from '../../ledger/admission.ts';
import type { World } from '../../world.ts';
import type { Patience } from '../patience.ts';
import type { Tally } from '../tally.ts';
import type { Later } from '../visit.ts';
import type { Company } from './company.ts';

/** What a call has at hand on its way through the caches. */
export type Cacheable = {
  readonly company: Company;
  readonly patience: Patience;
  readonly tally: Tally;
  /** What is held for the call. */
  readonly hold: Hold;
  /** The limit that budgets set on each choice of the target that is called first. */
  readonly limit: number | undefined;
  readonly world: World;
  readonly later: Later;
};
