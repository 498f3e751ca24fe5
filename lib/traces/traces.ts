import { randomBytes } from 'node:crypto';
import type { EndedTrace, Traces } from '../trace.ts';
import type { Timer } from '../wire/leavable.ts';
import type { Exporter } from './exporter.ts';
import type { Receiver, TraceSettings } from './settings.ts';

/** What traces are kept with. */
export type Means = {
  readonly timer: Timer;
  /** Told of spans that were lost, and why. */
  readonly lost: (spans: number, cause: unknown) => void;
  /** Whether the process may be frozen once a visit has ended: then nothing waits for others. */
  readonly freezes: boolean;
  readonly random?: (size: number) => Uint8Array;
};

/** How long a process that ends, or is about to be frozen, waits for a collector. */
const LAST_MS = 2_000;

/** Keeps the traces that are wanted, and takes them where they go. What writes them is loaded with the first. */
export function openTraces({ receiver, sampler, resource }: TraceSettings, means: Means): Traces {
  const { timer, lost, freezes, random = randomBytes } = means;
  const hex = (bytes: number) => Buffer.from(random(bytes)).toString('hex');
  let opening: Promise<Exporter> | undefined;
  const open = () => {
    opening ??= exporterFor(receiver, resource, means);
    return opening;
  };
  const idle = async () => {
    if (opening === undefined) return;
    const { promise: patience, resolve } = Promise.withResolvers<void>();
    const cancel = timer(LAST_MS, resolve);
    await Promise.race([open().then((exporter) => exporter.idle()), patience]);
    cancel();
  };
  return {
    newSpanId: () => hex(8),

    root(came) {
      const traceId = came?.traceId ?? hex(16);
      return sampler(came, traceId) ? { traceId, spanId: hex(8), sampled: true } : undefined;
    },

    async send(trace: EndedTrace) {
      try {
        await (await open()).send(trace);
        if (freezes) await idle();
      } catch (error) {
        lost(trace.spans.length, error);
      }
    },

    idle,
  };
}

async function exporterFor(receiver: Receiver, resource: TraceSettings['resource'], means: Means): Promise<Exporter> {
  const { encoder } = await import('./otlp.ts');
  const encode = encoder(resource);
  if (receiver.via === 'http') {
    const { overHttp } = await import('./over-http.ts');
    return overHttp(receiver, { encode, fetch, ...means });
  }
  const { overUdp } = await import('./over-udp.ts');
  return overUdp(receiver.host, receiver.port, encode);
}
