import type { Timer } from '../../wire/timer.ts';

/** How hard a write is tried that nobody waits for and that must not be lost. */
export type Persistence = {
  readonly timer: Timer;
  readonly now: () => number;
  /** Milliseconds after which it is given up. */
  readonly forMs: number;
};

const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;

/**
 * Does a piece of work again and again until it succeeds: a database that is away for a minute loses nothing. Throws its
 * last failure when the time is over, and one that no repetition can help at once. A client's own repetition is for moments,
 * not for outages.
 */
export async function persistently<Result>(work: () => Promise<Result>, persistence: Persistence): Promise<Result> {
  const { timer, now, forMs } = persistence;
  const deadline = now() + forMs;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (hopeless(error) || now() + pause > deadline) throw error;
      await new Promise<void>((resolve) => void timer(pause, resolve));
    }
  }
}

/** Failures that say the request itself is wrong, or forbidden. */
function hopeless(error: unknown): boolean {
  const { name } = error instanceof Error && error.cause instanceof Error ? error.cause : Object(error);
  return /^(ValidationException|AccessDeniedException|ResourceNotFoundException|UnrecognizedClientException|SerializationException)$/.test(
    name,
  );
}
