import type { CapturePlace } from '../captures.ts';
import { inTime } from '../wire/in-time.ts';
import type { World } from '../world.ts';

/** How long keeping may take: the record of the call, and what is held for it, wait for that. */
export const KEEPING_MS = 3_000;

/** Keeps a text, and gives its key. Writing it is part of the time. */
export async function keptInTime(
  { tenant, user, id }: CapturePlace,
  text: () => string,
  { captures, timer }: Pick<World, 'captures' | 'timer'>,
): Promise<string> {
  if (captures === undefined) throw new Error('This gateway has no place for captures.');
  const over = new AbortController();
  const cancel = timer(KEEPING_MS, () => over.abort(new Error(`It was not kept within ${KEEPING_MS} ms.`)));
  try {
    return await inTime(captures.keep({ tenant, user, id }, text(), over.signal), over.signal);
  } finally {
    cancel();
  }
}
