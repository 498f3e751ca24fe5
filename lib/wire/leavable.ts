import type { Dispatcher } from 'undici';

/** Rings once after `ms`, unless the function it gives back was called before. */
export type Timer = (ms: number, ring: () => void) => () => void;

/** What the last bytes of an answer, which its reader does not need, may still take. */
const LAST_BYTES_MS = 50;

/**
 * A body whose reader may leave before its end. One that ends within moments keeps its connection for the next call:
 * the last HTTP chunk often comes a little after a stream's last event. Any other is broken off.
 */
export async function* leavable(body: Dispatcher.ResponseData['body'], timer: Timer): AsyncIterable<Uint8Array> {
  try {
    yield* body.iterator({ destroyOnReturn: false });
  } finally {
    linger(body, timer); // not awaited: whoever left is already telling the client that all is said
  }
}

function linger(body: Dispatcher.ResponseData['body'], timer: Timer): void {
  if (body.destroyed) return;
  const cancel = timer(LAST_BYTES_MS, () => body.destroy());
  body.on('error', () => {}).once('close', cancel);
  body.resume();
}
