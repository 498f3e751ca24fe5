import { asObject, type Wire, wireList } from '../wire.ts';

/**
 * The events of an answer that came as one JSON object though a stream was asked for; none when it is something else.
 * An error is an event of its own.
 */
export function wholeEvents(body: string, provider: string): readonly Wire[] {
  if (!body.trimStart().startsWith('{')) return [];
  const message = asObject(body, provider);
  if (message.type !== 'message') return [message];
  const { stop_reason, stop_details, usage } = message;
  return [
    { type: 'message_start', message },
    ...wireList(message.content).flatMap((content_block, index) => [
      { type: 'content_block_start', index, content_block },
      { type: 'content_block_stop', index },
    ]),
    { type: 'message_delta', delta: { stop_reason, stop_details }, usage },
    { type: 'message_stop' },
  ];
}
