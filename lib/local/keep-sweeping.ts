const EVERY_MS = 5_000;
/** A round may read a whole table: it may take this part of the time, and no more. */
const SHARE = 20;

/**
 * Does here what a schedule does in the cloud, such as to end the calls that a gateway which was killed has left: at the
 * start and every few seconds. Gives back what stops it. A sweep that fails is followed by the next one.
 */
export function keepSweeping(sweep: () => Promise<unknown>): () => void {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const round = async () => {
    const startedAt = performance.now();
    await sweep().catch(() => {}); // the database is away, and says so itself
    const pause = Math.max(EVERY_MS, SHARE * (performance.now() - startedAt));
    if (!stopped) timer = setTimeout(round, pause).unref();
  };
  round();
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}
