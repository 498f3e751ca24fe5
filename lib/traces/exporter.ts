import type { EndedTrace } from '../trace.ts';

/** Writes traces as one OTLP request. */
export type Encode = (traces: readonly EndedTrace[]) => Uint8Array;

/** Takes traces to whoever shows them. */
export type Exporter = {
  /** Takes a trace; resolves when it has left, or waits here with others. Fails where it is lost. */
  readonly send: (trace: EndedTrace) => Promise<void>;
  /** Resolves when all that waited has left, or was given up. */
  readonly idle: () => Promise<void>;
  /** How many spans have not left yet. */
  readonly waiting: () => number;
};
