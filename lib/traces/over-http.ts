import type { EndedTrace } from '../trace.ts';
import type { Timer } from '../wire/leavable.ts';
import type { Encode, Exporter } from './exporter.ts';
import type { Receiver } from './settings.ts';

/** So many together leave at once. */
const ENOUGH = 256;
/** More than that are not kept for a receiver that is away: what waits must not fill the memory. */
const MOST = 2_048;

/** What it is sent with. */
export type Means = {
  readonly encode: Encode;
  readonly fetch: typeof fetch;
  readonly timer: Timer;
  readonly lost: (spans: number, cause: unknown) => void;
};

/** Posts spans to a collector, those of many visits together, one request at a time. What it does not take is lost, and told. */
export function overHttp(
  { url, headers, timeoutMs, delayMs }: Extract<Receiver, { via: 'http' }>,
  { encode, fetch, timer, lost }: Means,
): Exporter {
  let waiting: EndedTrace[] = [];
  let posting: Promise<void> | undefined;
  let cancel = () => {};
  const spansOf = (traces: readonly EndedTrace[]) => traces.reduce((sum, { spans }) => sum + spans.length, 0);

  async function post(): Promise<void> {
    cancel();
    const traces = waiting;
    waiting = [];
    if (traces.length === 0) return;
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-protobuf' },
        body: encode(traces),
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error', // its headers may be secret, and are for this host
      });
      await response.arrayBuffer();
      if (!response.ok) throw new Error(`The collector answered with ${response.status}.`);
    } catch (error) {
      lost(spansOf(traces), error);
    }
  }

  const leave = (): Promise<void> => {
    posting ??= post().finally(() => {
      posting = undefined;
      if (waiting.length > 0) arrange();
    });
    return posting;
  };

  const arrange = () => {
    cancel();
    cancel = timer(delayMs, () => void leave());
  };

  return {
    async send(trace) {
      if (spansOf(waiting) >= MOST) return lost(trace.spans.length, 'The collector is too slow.');
      waiting.push(trace);
      if (waiting.length === 1) arrange();
      if (spansOf(waiting) >= ENOUGH) void leave();
    },
    async idle() {
      while (waiting.length > 0 || posting !== undefined) await leave();
    },
  };
}
