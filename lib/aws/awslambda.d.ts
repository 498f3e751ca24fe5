import type { Writable } from 'node:stream';

/** The response as Lambda's runtime hands it to a streaming handler: a writable that is no EventEmitter by class, only by its methods. */
export type ResponseStream = Pick<Writable, 'write' | 'end' | 'destroy' | 'on' | 'once' | 'off'> & {
  readonly destroyed: boolean;
  readonly writableFinished: boolean;
  readonly writableLength: number;
  setContentType(contentType: string): void;
};

/** What an HTTP front in front of the function needs before the first body byte. */
export type Prelude = { readonly statusCode: number; readonly headers: Readonly<Record<string, string>> };

/** The invocation, as far as the gateway asks about it. */
export type InvocationContext = {
  readonly awsRequestId: string;
  /** AWS's trace header, where there is one. */
  readonly xRayTraceId?: string;
  getRemainingTimeInMillis(): number;
};

/** A handler that writes its answer instead of returning it. */
export type StreamingHandler = (
  event: unknown,
  responseStream: ResponseStream,
  context: InvocationContext,
) => Promise<void>;

declare global {
  /** Set by Lambda's runtime before it loads the handler's module. */
  const awslambda: {
    streamifyResponse(handler: StreamingHandler): StreamingHandler;
    readonly HttpResponseStream: { from(stream: ResponseStream, prelude: Prelude): ResponseStream };
  };
}
