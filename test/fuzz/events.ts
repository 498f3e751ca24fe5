import { EventStreamCodec } from '@smithy/core/event-streams';
import { eventFrame } from '../support/event-stream.ts';
import { toText } from './hostile.ts';

/** The events of a stream as values that can be bent. */
export function eventsIn(stream: string): readonly unknown[] {
  return stream
    .split(/\r?\n\r?\n/)
    .filter((block) => block !== '')
    .map((block) => {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1] ?? '';
      const value: unknown = data.startsWith('{') ? JSON.parse(data) : data;
      return event === undefined ? { data: value } : { event, data: value };
    });
}

/** Bent events as server-sent events. */
export const toStream = (events: unknown): string =>
  listOf(events)
    .map((each) => {
      const { event, data } = Object(each);
      const text = typeof data === 'string' && !data.startsWith('§') ? data : toText(data);
      return `${event === undefined ? '' : `event: ${typeof event === 'string' ? event : toText(event)}\n`}data: ${text}\n\n`;
    })
    .join('');

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(typeof bytes === 'string' ? bytes : new Uint8Array(bytes)).toString(),
  (words) => Buffer.from(words),
);

/** The events in frames of the AWS event stream. */
export const linesIn = (frames: readonly (string | Uint8Array)[]): readonly unknown[] =>
  frames.map((frame) => {
    const { headers, body } = codec.decode(Buffer.from(frame));
    const { p: _, ...payload } = JSON.parse(Buffer.from(body).toString());
    return { [String(headers[':event-type']?.value)]: payload };
  });

/** Bent events as lines of JSON. */
export const toLines = (events: unknown): string =>
  listOf(events)
    .map((each) => `${toText(each)}\n`)
    .join('');

/** Bent events as frames. */
export const toFrames = (events: unknown): Buffer =>
  Buffer.concat(
    listOf(events).map((each) => {
      const [[type, payload] = ['', {}]] = Object.entries(Object(each));
      return eventFrame(type.slice(0, 200), Object(payload));
    }),
  );

const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);
