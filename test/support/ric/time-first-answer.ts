import { type RuntimeOptions, startRuntime } from './start-runtime.ts';

/** A cold start in milliseconds since the process was spawned. */
export type ColdStart = {
  readonly status: number;
  /** To the first poll: the module is loaded and its top-level awaits are over. */
  readonly readyMs: number;
  /** To the last byte of the first answer. */
  readonly answeredMs: number;
};

/** Starts a handler, calls it once and stops it. One sample: take the median of several. */
export async function timeFirstAnswer(options: RuntimeOptions, event: unknown): Promise<ColdStart> {
  const runtime = await startRuntime(options);
  try {
    const { status, ended } = await runtime.invoke(event);
    const [readyAt, { at }] = await Promise.all([runtime.ready, ended]);
    return { status, readyMs: readyAt - runtime.spawnedAt, answeredMs: at - runtime.spawnedAt };
  } finally {
    await runtime.stop();
  }
}
