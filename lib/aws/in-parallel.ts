/** Does some work for each of many, so many at a time; fails with the first that fails, once those under way have ended. */
export async function inParallel<Each>(
  all: Iterable<Each>,
  most: number,
  work: (each: Each) => Promise<void>,
): Promise<void> {
  const left = all[Symbol.iterator]();
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let next = left.next(); !next.done && !failed; next = left.next())
      await work(next.value).catch((error: unknown) => {
        failed = true;
        throw error;
      });
  };
  const ended = await Promise.allSettled(Array.from({ length: most }, worker));
  for (const each of ended) if (each.status === 'rejected') throw each.reason;
}
