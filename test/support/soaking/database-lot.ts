import type { databaseFaults } from '../database-faults.ts';

type Fault = Extract<keyof typeof databaseFaults, 'throttles' | 'answers 500' | 'breaks connections'>;

/** Of a thousand requests to the database, how many meet with what. */
const odds: readonly (readonly [fault: Fault | 'loses the answer', ofThousand: number])[] = [
  ['throttles', 10],
  ['answers 500', 3],
  ['breaks connections', 3],
  ['loses the answer', 3],
];

/** A gateway must be able to start. */
const QUIET_MS = 3_000;
/** For a second in twenty most is throttled, as where a partition is too hot. */
const EVERY_MS = 20_000;
const BURST_MS = 1_000;
const BURST_OF_THOUSAND = 600;

/** What befalls the request that draws this lot, from 0 up to 1, when the database is up for so long. */
export function faultOf(lot: number, upMs: number): Fault | 'loses the answer' | undefined {
  if (upMs < QUIET_MS) return undefined;
  let left = lot * 1_000;
  for (const [fault, ofThousand] of odds) {
    left -= ofThousand;
    if (left < 0) return fault;
  }
  return upMs % EVERY_MS >= EVERY_MS - BURST_MS && left < BURST_OF_THOUSAND ? 'throttles' : undefined;
}
