import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { Attributes, EndedTrace, Span } from '../trace.ts';

type Readable = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];
type Resource = Readable['resource'];

/** By their numbers in OpenTelemetry's API. */
const kinds = { internal: 0, server: 1, client: 2 } as const satisfies Record<Span['kind'], number>;
const UNSET = 0;
const FAILED = 2;

const scope = { name: 'sluice' };

/** Writes traces as one OTLP request, in protobuf. What all have in common is said once. */
export function encoder(attributes: Attributes): (traces: readonly EndedTrace[]) => Uint8Array {
  const resource: Resource = { attributes: given(attributes), merge: () => resource, getRawAttributes: () => [] };
  return (traces) => {
    const spans = traces.flatMap((trace) => trace.spans.map((span) => toReadable(span, trace, resource)));
    return ProtobufTraceSerializer.serializeRequest(spans) ?? new Uint8Array();
  };
}

/** How many spans a collector says it did not take, in an answer that is well otherwise; none where it speaks no protobuf. */
export function rejectedIn(answer: Uint8Array): number {
  try {
    return ProtobufTraceSerializer.deserializeResponse(answer).partialSuccess?.rejectedSpans ?? 0;
  } catch {
    return 0; // it took them, so that to send them again would show them twice
  }
}

function toReadable(span: Span, { traceId, startedAt, startedTick }: EndedTrace, resource: Resource): Readable {
  const { id, parent, name, kind, startTick, endTick, attributes, failed } = span;
  const at = (tick: number) => toTime(startedAt + tick - startedTick);
  const context = { traceId, traceFlags: 1 };
  return {
    name,
    kind: kinds[kind],
    spanContext: () => ({ ...context, spanId: id }),
    ...(parent !== undefined && { parentSpanContext: { ...context, spanId: parent, isRemote: kind === 'server' } }),
    startTime: at(startTick),
    endTime: at(Math.max(startTick, endTick)),
    duration: toTime(Math.max(0, endTick - startTick)),
    status: { code: failed ? FAILED : UNSET },
    attributes: given(attributes),
    links: [],
    events: [],
    ended: true,
    resource,
    instrumentationScope: scope,
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
  };
}

/** Milliseconds as whole seconds and nanoseconds: in one number the nanoseconds would be lost. */
function toTime(ms: number): [number, number] {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}

function given(attributes: Attributes): Readable['attributes'] {
  const known: Readable['attributes'] = {};
  for (const [name, value] of Object.entries(attributes))
    if (value !== undefined) known[name] = typeof value === 'object' ? [...value] : value;
  return known;
}
