/** Where a visit stands in a trace: the trace, the span that is the parent of whatever comes next, and whether it is kept. */
export type TraceContext = {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16 hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
};

/** What is known of a span, by names of OpenTelemetry's conventions or of our own, `sluice.…`. Never a prompt, an answer or a secret. */
export type Attributes = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

/** A stretch of a visit's time, once it is over. */
export type Span = {
  readonly id: string;
  /** The span it is a part of; undefined for the first of a trace. */
  readonly parent?: string | undefined;
  readonly name: string;
  /** A request that came in, one that went out, or work of our own. */
  readonly kind: 'server' | 'client' | 'internal';
  /** When it began and ended, in ticks of the world. */
  readonly startTick: number;
  readonly endTick: number;
  readonly attributes: Attributes;
  /** Whether it is a failure in the eyes of an operator. */
  readonly failed: boolean;
};

/** The spans of a visit that has ended, its root among them. */
export type EndedTrace = {
  readonly traceId: string;
  readonly spans: readonly Span[];
  /** A moment on both clocks: epoch milliseconds, and the tick it was. */
  readonly startedAt: number;
  readonly startedTick: number;
};

/** Where a visit comes from. */
export type Origin = {
  /** By its caller's word. */
  readonly caller: TraceContext | undefined;
  /** By that of the platform the door stands on. */
  readonly platform: TraceContext | undefined;
};

/** Where a visit's own spans begin. */
export type Root = {
  /** Sampled where the visit of a known caller is kept. */
  readonly context: TraceContext;
  /** Whether the visit of a stranger is: nobody without a key decides what is kept. */
  readonly strangers: boolean;
};

/** Who traces calls. */
export type Traces = {
  /** Where a visit's own spans begin, in the trace it comes with or in a new one; undefined where none are kept, whoever it is. */
  readonly root: (origin: Origin) => Root | undefined;
  readonly newSpanId: () => string;
  /** Takes the spans of a visit that has ended, and resolves when they may be forgotten here. Never throws. */
  readonly send: (trace: EndedTrace) => Promise<void>;
  /** Resolves when all that was taken has left, or was given up, and told as lost. Never throws. */
  readonly close: () => Promise<void>;
};

/**
 * What a `traceparent` header says; undefined where it is none, and then the visit is the first of its trace.
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function fromTraceparent(header: string | undefined): TraceContext | undefined {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/.exec(header?.trim() ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined)) return undefined;
  return known({ traceId, spanId, sampled: Number.parseInt(flags, 16) % 2 === 1 });
}

/** The same for the next in line. What else a caller's trace carries, `tracestate` above all, is not passed on. */
export const toTraceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/**
 * What AWS says of a visit: `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`. Undefined where
 * it says nothing, or has not decided yet.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html#xray-concepts-tracingheader
 */
export function fromAmazonTrace(header: string | undefined): TraceContext | undefined {
  if (header === undefined) return undefined;
  const parts = new Map(header.split(';').map((part) => [part.split('=', 1)[0]?.trim(), part.split('=')[1]]));
  const [, time, rest] = /^1-([\da-f]{8})-([\da-f]{24})$/.exec(parts.get('Root') ?? '') ?? [];
  const [spanId] = /^[\da-f]{16}$/.exec(parts.get('Parent') ?? '') ?? [];
  const sampled = parts.get('Sampled');
  if (time === undefined || spanId === undefined || (sampled !== '0' && sampled !== '1')) return undefined;
  return known({ traceId: `${time}${rest}`, spanId, sampled: sampled === '1' });
}

/** Ids of nothing but zeros name nothing. */
const known = (context: TraceContext): TraceContext | undefined =>
  /[1-9a-f]/.test(context.traceId) && /[1-9a-f]/.test(context.spanId) ? context : undefined;
