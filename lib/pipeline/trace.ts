import {
  type Attributes,
  fromAmazonTrace,
  fromTraceparent,
  type Span,
  type TraceContext,
  toTraceparent,
} from '../trace.ts';
import type { World } from '../world.ts';
import type { Visit } from './visit.ts';

/** The trace of a visit, while it grows: the spans of its parts, and what is known of it as a whole. */
export type Trace = ReturnType<typeof grow>;

/** What a part of a visit comes to. */
export type Part = Omit<Span, 'id' | 'parent' | 'kind' | 'failed'> & {
  readonly id?: string;
  readonly kind?: Span['kind'];
  readonly failed?: boolean;
};

type Arrived = Pick<Visit, 'headers' | 'platformTrace'>;

/** Where a visit comes from: its caller's own word is worth more than the platform's. */
const origin = ({ headers, platformTrace }: Arrived): TraceContext | undefined =>
  fromTraceparent(headers.traceparent) ?? fromAmazonTrace(platformTrace);

/** Opens the trace of a visit; undefined where nobody keeps it. */
export function openTrace(visit: Arrived, { traces }: World): Trace | undefined {
  const came = origin(visit);
  const root = traces?.root(came);
  return traces && root && grow(root, came?.spanId, traces.newSpanId);
}

function grow(root: TraceContext, parent: string | undefined, newSpanId: () => string) {
  const spans: Span[] = [];
  let about: Attributes = {};
  let failed = false;
  return {
    traceId: root.traceId,
    newSpanId,
    /** What a request that leaves tells its receiver, should its span be this. */
    outbound: (spanId: string): string => toTraceparent({ ...root, spanId }),
    /** A part of the visit has ended. */
    add({ id = newSpanId(), kind = 'internal', failed = false, ...part }: Part): void {
      spans.push({ ...part, id, kind, failed, parent: root.spanId });
    },
    /** More is known of the visit as a whole. */
    about(more: Attributes): void {
      about = { ...about, ...more };
    },
    /** The visit failed, though its status may have said otherwise. */
    fails(): void {
      failed = true;
    },
    /** All of it, once the visit has ended. */
    ended(whole: Pick<Span, 'name' | 'startTick' | 'endTick' | 'attributes' | 'failed'>) {
      const attributes = { ...about, ...whole.attributes };
      const first: Span = {
        ...whole,
        id: root.spanId,
        parent,
        kind: 'server',
        attributes,
        failed: failed || whole.failed,
      };
      return { traceId: root.traceId, spans: [first, ...spans] };
    },
  };
}

/** The `traceparent` for a request that leaves on behalf of a visit: with its own span where there is one, else the caller's as it came. */
export function passedOn(visit: Arrived & Pick<Visit, 'trace'>, spanId: string | undefined): string | undefined {
  if (visit.trace !== undefined && spanId !== undefined) return visit.trace.outbound(spanId);
  const came = fromTraceparent(visit.headers.traceparent);
  return came && toTraceparent(came);
}
