import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import protobuf from 'protobufjs';
import { serveHttp } from './server.ts';

// The messages of opentelemetry-proto that traces are made of, by their published field numbers, read by another library
// than the one that wrote them. https://github.com/open-telemetry/opentelemetry-proto
const { root } = protobuf.parse(
  `syntax = "proto3";
  message Request { repeated ResourceSpans resource_spans = 1; }
  message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
  message Resource { repeated KeyValue attributes = 1; }
  message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
  message Scope { string name = 1; }
  message KeyValue { string key = 1; Value value = 2; }
  message Value { oneof value { string s = 1; bool b = 2; int64 i = 3; double d = 4; List list = 5; } }
  message List { repeated Value values = 1; }
  message Status { string message = 2; int32 code = 3; }
  message Span {
    bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4;
    string name = 5; int32 kind = 6; fixed64 start = 7; fixed64 end = 8;
    repeated KeyValue attributes = 9; Status status = 15; fixed32 flags = 16;
  }`,
);
const request = root.lookupType('Request');

/** A span as whoever receives it reads it. */
export type ReceivedSpan = {
  readonly traceId: string;
  readonly id: string;
  /** Empty for the first of a trace. */
  readonly parent: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | undefined;
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
  readonly failed: boolean;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** What it has in common with all others of its process. */
  readonly resource: Readonly<Record<string, unknown>>;
};

/** The spans of an OTLP request. */
export function decoded(bytes: Uint8Array): readonly ReceivedSpan[] {
  const plain = request.toObject(request.decode(bytes), { longs: String, bytes: String, defaults: true, oneofs: true });
  const { resourceSpans }: Message = JSON.parse(JSON.stringify(plain));
  return resourceSpans.flatMap(({ resource, scopeSpans }) =>
    scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({
        traceId: hex(span.traceId),
        id: hex(span.spanId),
        parent: hex(span.parentSpanId),
        name: span.name,
        kind: kinds[span.kind],
        start: BigInt(span.start),
        end: BigInt(span.end),
        failed: span.status.code === 2,
        attributes: toAttributes(span.attributes),
        resource: toAttributes(resource.attributes),
      })),
    ),
  );
}

type Message = {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Pair[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
};
type WireSpan = Readonly<Record<'traceId' | 'spanId' | 'parentSpanId' | 'name' | 'start' | 'end', string>> & {
  readonly kind: number;
  readonly attributes: readonly Pair[];
  readonly status: { readonly code: number };
};
type Pair = { readonly key: string; readonly value: Value };
type Value = {
  readonly value: 's' | 'b' | 'i' | 'd' | 'list';
  readonly list: { readonly values: readonly Value[] };
} & Readonly<Record<'s' | 'b' | 'i' | 'd', unknown>>;

const kinds: Readonly<Record<number, ReceivedSpan['kind']>> = { 1: 'internal', 2: 'server', 3: 'client' };

const hex = (base64: string) => Buffer.from(base64, 'base64').toString('hex');

const toAttributes = (pairs: readonly Pair[]): Record<string, unknown> =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, toValue(value)]));

function toValue(value: Value): unknown {
  if (value.value === 'i') return Number(value.i);
  return value.value === 'list' ? value.list.values.map(toValue) : value[value.value];
}

/** Who receives spans. */
export type Collector = {
  readonly url: string;
  readonly spans: () => readonly ReceivedSpan[];
  readonly requests: readonly { readonly path: string; readonly headers: IncomingHttpHeaders; readonly body: Buffer }[];
  /** The status it answers with from now on; undefined for none at all. */
  answerWith(status: number | undefined): void;
  /** Keeps the next request waiting until what this gives is called. */
  holdOne(): () => void;
  close(): Promise<void>;
};

/** A collector that takes OTLP over HTTP. */
export async function startCollector(): Promise<Collector> {
  const requests: { path: string; headers: IncomingHttpHeaders; body: Buffer }[] = [];
  let status: number | undefined = 200;
  let held: Promise<void> | undefined;
  const server = await serveHttp(async (asked, response) => {
    const pieces: Buffer[] = [];
    for await (const piece of asked) pieces.push(piece);
    requests.push({ path: asked.url ?? '', headers: asked.headers, body: Buffer.concat(pieces) });
    const waiting = held;
    held = undefined;
    await waiting;
    if (status !== undefined) response.writeHead(status, { 'content-type': 'application/x-protobuf' }).end();
  });
  return {
    ...server,
    requests,
    spans: () => requests.flatMap(({ body }) => decoded(body)),
    answerWith: (next) => {
      status = next;
    },
    holdOne: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
  };
}

/** The daemon that AWS runs beside a function. */
export async function startDaemon() {
  const datagrams: string[] = [];
  const socket = createSocket('udp4');
  socket.on('message', (bytes) => void datagrams.push(bytes.toString()));
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return {
    address: `127.0.0.1:${socket.address().port}`,
    datagrams,
    /** The spans of all datagrams, or of those after so many. */
    spans: (after = 0) =>
      datagrams.slice(after).flatMap((text) => decoded(Buffer.from(text.replace(HEAD, ''), 'base64'))),
    close: () => new Promise<void>((resolve) => void socket.close(resolve)),
  };
}

/** How each datagram begins; T1S says that the span is sampled. */
export const HEAD = '{"format":"json","version":1}\nT1S';
