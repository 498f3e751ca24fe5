import type { Trace } from './trace.ts';

/** One request as it came through a door, whichever door it was. */
export type Visit = {
  /** The request id, sortable by time. */
  readonly id: string;
  readonly method: string;
  /** The path without its query, as sent. */
  readonly path: string;
  /** Header names in lower case; repeated headers joined by a comma. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** The body's bytes; the door has already refused a longer one than it may take. */
  readonly body: Uint8Array;
  /** Aborted when nobody waits any more: the client hung up, or the door's own time is over. */
  readonly signal: AbortSignal;
  /** Aborted when the door's own time is over: then what runs must end, whoever waits or has hung up before. */
  readonly over: AbortSignal;
  /** When the request arrived, in epoch milliseconds. */
  readonly startedAt: number;
  /** The same moment on the clock durations are measured with (`World.tick`). */
  readonly startedTick: number;
  /** What the platform the door stands on says of the trace it is part of: AWS's trace header. */
  readonly platformTrace?: string | undefined;
  /** The trace of it, where it is kept. */
  readonly trace?: Trace | undefined;
};

/** What a door writes back, and what it does once the client has its last byte. */
export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** The body in the pieces it should be sent in. Never throws for a failure of ours: that is said inside it. */
  readonly body: AsyncIterable<string> | Iterable<string>;
  /** Fires when nobody may be waited for any more, a reader who has stopped reading included. */
  readonly signal?: AbortSignal | undefined;
  /** Settles and records. Call it exactly once, after the body ended or was abandoned. Never throws. */
  readonly afterwards: () => Promise<void>;
};

/** Work that waits until the client has its last byte. */
export type Later = (work: () => Promise<void>) => void;
