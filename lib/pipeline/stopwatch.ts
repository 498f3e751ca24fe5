/** Tells a visit's own time from that of others. All in milliseconds. */
export type Stopwatch = ReturnType<typeof openStopwatch>;

/** Starts when a visit begins, at the tick that is given. */
export function openStopwatch(startedTick: number, tick: () => number) {
  let upstreamSince: number | undefined;
  let upstreamMs = 0;
  let firstContentAt: number | undefined;
  let endedAt: number | undefined;
  const rests = () => {
    if (upstreamSince !== undefined) upstreamMs += tick() - upstreamSince;
    upstreamSince = undefined;
  };
  return {
    /** A request leaves. */
    sent(): void {
      upstreamSince = tick();
      endedAt = undefined;
    },
    /** Nobody else is at work any more. */
    rests,
    /** So long others were waited for. */
    waited(ms: number): void {
      upstreamMs += ms;
    },
    /** The first content is here. */
    began(): void {
      rests();
      firstContentAt ??= tick();
    },
    /** The answer, or the latest attempt at one, has ended. */
    ended(): void {
      endedAt = tick();
    },
    /** True once there is content. */
    begun: () => firstContentAt !== undefined,
    firstContentMs: () => (firstContentAt === undefined ? undefined : firstContentAt - startedTick),
    /** Our own share of the time until the first content, or until now while there is none. */
    ownMs: () => {
      const until = firstContentAt ?? tick();
      const running = firstContentAt === undefined && upstreamSince !== undefined ? until - upstreamSince : 0;
      return Math.max(0, until - startedTick - upstreamMs - running);
    },
    /** Until the answer ended, or until now. */
    endedMs: () => (endedAt ?? tick()) - startedTick,
    totalMs: () => tick() - startedTick,
  };
}
