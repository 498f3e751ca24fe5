import { createParser, type EventSourceMessage } from 'eventsource-parser';
import { endless, MOST_ANSWER_BYTES } from './bounded.ts';

/** One server-sent event: its data, and its name when it has one. */
export type SseEvent = EventSourceMessage;

/** Bytes to server-sent events, those of one read together. An event the stream ends inside is dropped: it is not whole. One that never ends fails the stream. */
export async function* sseEvents(body: AsyncIterable<Uint8Array>): AsyncIterable<readonly SseEvent[]> {
  const decoder = new TextDecoder();
  let events: SseEvent[] = [];
  let tooLong = false;
  const parser = createParser({
    onEvent: (event) => void events.push(event),
    maxBufferSize: MOST_ANSWER_BYTES,
    onError: ({ type }) => {
      tooLong ||= type === 'max-buffer-size-exceeded';
    },
  });
  for await (const bytes of body) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    if (tooLong) throw endless();
    if (events.length === 0) continue;
    yield events;
    events = [];
  }
}
