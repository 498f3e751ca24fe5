import { first, later } from './exceptions.ts';
import type { Row } from './row.ts';
import { refuses } from './strikes.ts';

/** What the caller is to blame for: it is told so with 400, and nobody else is asked. */
export const callersFault: readonly Row[] = [
  { fault: 'says 400', does: refuses(400), told: 400, owed: 'nothing' },
  first('validationException', 'failed'),
];

/** The same when some of the answer is here: with 400 for who has seen nothing, and in the stream for who reads one. */
export const callersFaultLater: readonly Row[] = [later('validationException', 'failed')];
