import { randomBytes } from 'node:crypto';
import type { EndedTrace, Traces } from '../trace.ts';
import type { Timer } from '../wire/timer.ts';
import type { Exporter } from './exporter.ts';
import type { Receiver, TraceSettings } from './settings.ts';

/** What traces are kept with. */
export type Means = {
  readonly timer: Timer;
  /** Told of spans that were lost, and why, in words without a secret. */
  readonly lost: (spans: number, why: string) => void;
  /** Whether the process may be frozen once a visit has ended: then nothing waits for others. */
  readonly freezes: boolean;
  readonly random?: (size: number) => Uint8Array;
};

/** How long a process that ends, or is about to be frozen, waits for a collector. */
const LAST_MS = 2_000;

/** Keeps the traces that are wanted, and takes them where they go. What writes them is loaded with the first. */
export function openTraces({ receiver, sampler, resource }: TraceSettings, means: Means): Traces {
  const { timer, lost, freezes, random = randomBytes } = means;
  const hex = hexFrom(random);
  let opening: Promise<Exporter> | undefined;
  let prompt = true;
  const open = () => {
    opening ??= exporterFor(receiver, resource, means);
    return opening;
  };

  /** Whether all has left within the time there is. */
  async function left(exporter: Exporter): Promise<boolean> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    const cancel = timer(LAST_MS, () => resolve(false));
    const leaving = exporter.idle().then(() => {
      prompt = true;
      return true;
    });
    const all = await Promise.race([leaving, promise]);
    cancel();
    return all;
  }

  return {
    newSpanId: () => hex(8),

    root({ caller, platform }) {
      const traceId = caller?.traceId ?? platform?.traceId ?? hex(16);
      // Where the platform has decided, what it bills and what it shows go by that.
      const sampled = platform?.sampled ?? sampler(caller, traceId);
      const strangers = platform?.sampled ?? sampler(undefined, traceId);
      return sampled || strangers ? { context: { traceId, spanId: hex(8), sampled }, strangers } : undefined;
    },

    async send(trace: EndedTrace) {
      try {
        const exporter = await open();
        await exporter.send(trace);
        if (!freezes) return;
        const leaving = left(exporter);
        // One that kept us waiting in vain is not waited for again until it answers: each time would be paid for.
        if (prompt) prompt = await leaving;
      } catch (error) {
        lost(trace.spans.length, reasonOf(error));
      }
    },

    async close() {
      if (opening === undefined) return;
      try {
        const exporter = await opening;
        if (!(await left(exporter))) lost(exporter.waiting(), 'The process ended before the collector answered.');
      } catch (error) {
        lost(0, reasonOf(error));
      }
    },
  };
}

/** So many bytes of chance at once: a few at a time cost almost as much. */
const POOL_BYTES = 1024;

/** Gives fresh ids of so many bytes, in hexadecimal digits. */
function hexFrom(random: (size: number) => Uint8Array): (bytes: number) => string {
  let pool = Buffer.alloc(0);
  return (bytes) => {
    if (pool.length < bytes) pool = Buffer.from(random(POOL_BYTES));
    const id = pool.toString('hex', 0, bytes);
    pool = pool.subarray(bytes);
    return id;
  };
}

/** Why something failed, without what it was done with: an address, or a header, may hold a secret. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { cause } = error;
  return [error.name, code(cause) ?? code(error)].filter(Boolean).join(' ');
}

const code = (error: unknown): string | undefined =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;

async function exporterFor(receiver: Receiver, resource: TraceSettings['resource'], means: Means): Promise<Exporter> {
  const { encoder, rejectedIn } = await import('./otlp.ts');
  const encode = encoder(resource);
  if (receiver.via === 'http') {
    const { overHttp } = await import('./over-http.ts');
    return overHttp(receiver, { encode, rejectedIn, fetch, ...means });
  }
  const { overUdp } = await import('./over-udp.ts');
  return overUdp(receiver.host, receiver.port, encode);
}
