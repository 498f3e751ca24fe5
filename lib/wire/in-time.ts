/** What a piece of work gives, or the deadline's reason once that is over: whoever works may look at the signal only now and then. */
export function inTime<T>(work: Promise<T>, deadline: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = () => reject(deadline.reason);
  if (deadline.aborted) late();
  deadline.addEventListener('abort', late, { once: true });
  return Promise.race([work, promise]).finally(() => deadline.removeEventListener('abort', late));
}
