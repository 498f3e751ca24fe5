import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { EndedTrace } from '../trace.ts';
import type { Encode, Exporter } from './exporter.ts';
import type { Receiver } from './settings.ts';
import { type Means, reasonOf } from './traces.ts';

/** So many spans together leave at once. */
const ENOUGH = 256;
/** More are not kept for a receiver that is away: what waits must not fill the memory. */
const MOST = 2_048;
/** The answers after which OTLP says to try again. https://opentelemetry.io/docs/specs/otlp/#failures-1 */
const BUSY = [429, 502, 503, 504];

/** What it is sent with. */
export type Posting = Pick<Means, 'timer' | 'lost'> & {
  readonly encode: Encode;
  /** How many spans a collector says it did not take, in an answer that is well. */
  readonly rejectedIn: (answer: Uint8Array) => number;
  readonly fetch: typeof fetch;
};

type Waiting = { readonly trace: EndedTrace; readonly tried: boolean };

/** Posts spans to a collector, those of many visits together, one request at a time. What it does not take, once tried again, is lost and told. */
export function overHttp(
  { url, headers, timeoutMs, delayMs, zipped }: Extract<Receiver, { via: 'http' }>,
  { encode, rejectedIn, fetch, timer, lost }: Posting,
): Exporter {
  let waiting: Waiting[] = [];
  let spans = 0;
  let posted = 0;
  let posting: Promise<void> | undefined;
  let cancel = () => {};

  function put(each: Waiting): boolean {
    if (spans >= MOST) return false;
    waiting.push(each);
    spans += each.trace.spans.length;
    return true;
  }

  async function post(): Promise<void> {
    cancel();
    const these = waiting;
    if (these.length === 0) return;
    waiting = [];
    posted = spans;
    spans = 0;
    try {
      const written = encode(these.map(({ trace }) => trace));
      const response = await fetch(url, {
        method: 'POST',
        headers: {
          ...headers,
          'content-type': 'application/x-protobuf',
          ...(zipped && { 'content-encoding': 'gzip' }),
        },
        body: Buffer.from(zipped ? await promisify(gzip)(written) : written),
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'manual', // its headers may be secret, and are for this host
      });
      const answer = new Uint8Array(await response.arrayBuffer());
      if (response.ok) rejected(rejectedIn(answer));
      else (BUSY.includes(response.status) ? again : gone)(these, `The collector answered with ${response.status}.`);
    } catch (error) {
      again(these, reasonOf(error));
    }
    posted = 0;
  }

  function rejected(count: number): void {
    if (count > 0) lost(count, 'The collector rejected them.');
  }

  /** Keeps what was not tried twice; all else of a request is lost. */
  function again(these: readonly Waiting[], why: string): void {
    gone(
      these.filter(({ trace, tried }) => tried || !put({ trace, tried: true })),
      why,
    );
  }

  function gone(these: readonly Waiting[], why: string): void {
    const count = these.reduce((sum, { trace }) => sum + trace.spans.length, 0);
    if (count > 0) lost(count, why);
  }

  function leave(): Promise<void> {
    posting ??= post().finally(() => {
      posting = undefined;
      arrange();
    });
    return posting;
  }

  function arrange(): void {
    cancel();
    if (waiting.length === 0) return;
    // What came back waits as all do, though it be many: at once it would only meet the same.
    const fresh = spans >= ENOUGH && !waiting.some(({ tried }) => tried);
    cancel = timer(fresh ? 0 : delayMs, () => void leave());
  }

  return {
    async send(trace) {
      if (!put({ trace, tried: false })) return lost(trace.spans.length, 'The collector is too slow.');
      if (spans >= ENOUGH && posting === undefined) void leave();
      else if (waiting.length === 1) arrange();
    },
    async idle() {
      while (waiting.length > 0 || posting !== undefined) await leave();
    },
    waiting: () => spans + posted,
  };
}
