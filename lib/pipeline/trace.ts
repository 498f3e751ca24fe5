import type { Caller } from '../caller.ts';
import {
  type Attributes,
  type EndedTrace,
  fromAmazonTrace,
  fromTraceparent,
  type Origin,
  type Root,
  type Span,
  toTraceparent,
} from '../trace.ts';
import type { World } from '../world.ts';
import type { Visit } from './visit.ts';

/** The trace of a visit, while it grows: the spans of its parts, and what is known of it as a whole. */
export type Trace = ReturnType<typeof grow>;

/** What a part of a visit comes to. */
export type Part = Pick<Span, 'name' | 'startTick' | 'attributes'> & Partial<Pick<Span, 'id' | 'kind' | 'failed'>>;

type Arrived = Pick<Visit, 'headers' | 'platformTrace'>;

/** Opens the trace of a visit; undefined where nobody keeps it. */
export function openTrace({ headers, platformTrace }: Arrived, { traces }: World): Trace | undefined {
  const caller = fromTraceparent(headers.traceparent);
  const origin = { caller, platform: fromAmazonTrace(platformTrace) };
  const root = traces?.root(origin);
  return traces && root && grow(root, origin, traces.newSpanId);
}

function grow({ context, strangers }: Root, { caller, platform }: Origin, newSpanId: () => string) {
  const spans: Span[] = [];
  const open = new Map<string, Pick<Span, 'name' | 'startTick'>>();
  const about: Record<string, Attributes[string]> = {};
  let stranger = true;
  let failed = false;

  function add({ id = newSpanId(), kind = 'internal', failed = false, ...part }: Part, endTick: number): void {
    spans.push({ ...part, id, kind, failed, endTick, parent: context.spanId });
  }

  function tell(more: Attributes): void {
    // Who knows nothing of a name takes nothing away from who does.
    for (const [name, value] of Object.entries(more)) if (value !== undefined) about[name] = value;
  }

  return {
    traceId: context.traceId,
    newSpanId,
    /** What a request that leaves tells its receiver, should its span be this; undefined where that is not kept. */
    outbound: (spanId: string): string | undefined =>
      context.sampled ? toTraceparent({ ...context, spanId }) : undefined,

    /** It is this caller's. */
    of({ tenant, keyId, feature }: Caller): void {
      stranger = false;
      tell({ 'sluice.tenant': tenant, 'sluice.key_id': keyId, 'sluice.feature': feature });
    },

    /** A part of the visit has begun; gives what ends it. One that nobody ends, ends with the visit. */
    begin(name: string, startTick: number): (endTick: number, part: Pick<Part, 'attributes' | 'failed'>) => void {
      const id = newSpanId();
      open.set(id, { name, startTick });
      return (endTick, part) => {
        if (open.delete(id)) add({ ...part, id, name, startTick }, endTick);
      };
    },

    /** A part of the visit has ended. */
    add,

    /** More is known of the visit as a whole. */
    about: tell,

    /** The visit failed, though its status may have said otherwise. */
    fails(): void {
      failed = true;
    },

    /** All of it, once the visit has ended; undefined where it is not kept after all. */
    ended(
      whole: Pick<Span, 'name' | 'startTick' | 'endTick' | 'attributes' | 'failed'>,
    ): Pick<EndedTrace, 'traceId' | 'spans'> | undefined {
      if (!(stranger ? strangers : context.sampled)) return undefined;
      for (const [id, part] of open) add({ ...part, id, attributes: { 'sluice.unfinished': true } }, whole.endTick);
      open.clear();
      tell(whole.attributes);
      const parent = (caller ?? platform)?.spanId;
      const its = { id: context.spanId, parent, kind: 'server', attributes: about } as const;
      return { traceId: context.traceId, spans: [{ ...whole, ...its, failed: failed || whole.failed }, ...spans] };
    },
  };
}

/** The `traceparent` for a request that leaves on behalf of a visit: with its own span where there is one, else the caller's as it came. */
export function passedOn(visit: Arrived & Pick<Visit, 'trace'>, spanId: string | undefined): string | undefined {
  const own = spanId === undefined ? undefined : visit.trace?.outbound(spanId);
  if (own !== undefined) return own;
  const came = fromTraceparent(visit.headers.traceparent);
  return came && toTraceparent(came);
}
