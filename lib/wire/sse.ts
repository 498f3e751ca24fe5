import { createParser, type EventSourceMessage } from 'eventsource-parser';

/** One server-sent event: its data, and its name when it has one. */
export type SseEvent = EventSourceMessage;

/** Bytes to server-sent events, those of one read together. An event the stream ends inside is dropped: it is not whole. */
export async function* sseEvents(body: AsyncIterable<Uint8Array>): AsyncIterable<readonly SseEvent[]> {
  const decoder = new TextDecoder();
  let events: SseEvent[] = [];
  const parser = createParser({ onEvent: (event) => void events.push(event) });
  for await (const bytes of body) {
    parser.feed(decoder.decode(bytes, { stream: true }));
    if (events.length === 0) continue;
    yield events;
    events = [];
  }
}
