import type { Script } from '../upstream.ts';

const sent = (wire: { readonly type: string }) => `event: ${wire.type}\ndata: ${JSON.stringify(wire)}\n\n`;

/** A whole stream of Anthropic's Messages, for tests of a dialect that is not OpenAI's. */
export const claudeSays =
  (text: string, headers: Readonly<Record<string, string | string[]>> = {}): Script =>
  (_, response) => {
    const usage = { input_tokens: 10, output_tokens: 1 };
    const message = {
      id: 'msg_1',
      type: 'message',
      role: 'assistant',
      model: 'm',
      content: [],
      stop_reason: null,
      usage,
    };
    const events = [
      { type: 'message_start', message },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
      { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } },
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 3 } },
      { type: 'message_stop' },
    ];
    response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' }).end(events.map(sent).join(''));
  };
