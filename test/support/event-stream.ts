import { EventStreamCodec } from '@smithy/core/event-streams';

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (words) => Buffer.from(words),
);

/** An event in a frame of the AWS event stream as the service writes it: with padding. */
export const eventFrame = (type: string, payload: object): Uint8Array =>
  framed(
    { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' },
    { ...payload, p: 'abcdefgh' },
  );

/** An exception of the service in a frame of the AWS event stream; its type begins with a small letter. */
export const exceptionFrame = (type: string, message: string): Uint8Array =>
  framed({ ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' }, { message });

function framed(headers: Readonly<Record<string, string>>, payload: object): Uint8Array {
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }]);
  return codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(JSON.stringify(payload)) });
}
