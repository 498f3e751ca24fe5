import { type Fault, type Found, type Look, verifier } from '../../lib/audit/verifier.ts';

/** The first thing wrong in a log that is read in order; undefined where nothing is. */
export function verified(log: readonly Found[], look: Look): Fault | undefined {
  const { see } = verifier(look);
  for (const found of log) {
    const fault = see(found);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
