/** What a piece of work gives, or the deadline's reason once that is over: the SDK looks at its signal while it asks, but not while it waits between two tries. */
export function inTime<T>(work: Promise<T>, deadline: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = () => reject(deadline.reason);
  deadline.addEventListener('abort', late, { once: true });
  return Promise.race([work, promise]).finally(() => deadline.removeEventListener('abort', late));
}
