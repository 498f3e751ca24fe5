import { localTableNames } from '../aws/tables.ts';
import { rollAt, sweepAt } from '../aws/upkeep.ts';
import { eachQuarter } from './each-quarter.ts';
import { keepSweeping } from './keep-sweeping.ts';

/** Does what schedules do in the cloud, over the tables there, as long as this process lives. */
export function keepUp(endpoint: string): void {
  // Each for itself: what keeps one from its work is nothing to the other.
  keepSweeping(sweepAt(localTableNames, endpoint));
  keepSweeping(eachQuarter(rollAt(localTableNames, endpoint), Date.now));
}
