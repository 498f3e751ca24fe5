import { inJson, type Writing } from './writing.ts';

const named = (wire: { readonly type: string }): string => `event: ${wire.type}\ndata: ${JSON.stringify(wire)}\n\n`;

const overloaded = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };

/** The words the API has for a status. https://platform.claude.com/docs/en/api/errors */
const types: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  403: 'permission_error',
  404: 'not_found_error',
  429: 'rate_limit_error',
  529: 'overloaded_error',
};

const usage = { input_tokens: 10, cache_creation_input_tokens: 0, cache_read_input_tokens: 0, output_tokens: 1 };
const message = { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', content: [], stop_reason: null, usage };

/** A stream of Anthropic's Messages. */
export const anthropic: Writing = {
  type: 'text/event-stream',
  opening: [{ type: 'message_start', message }, { type: 'ping' }].map(named).join(''),
  said: [
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hello' } },
  ]
    .map(named)
    .join(''),
  unfinished: [{ type: 'content_block_stop', index: 0 }, { type: 'message_stop' }].map(named).join(''),
  malformed: 'event: content_block_delta\ndata: {"type":"content_block_delta","ind\n\n',
  failing: named(overloaded),
  error: JSON.stringify(overloaded),
  refusal: (status) => inJson({ type: 'error', error: { type: types[status] ?? 'api_error', message: 'No.' } }),
};
