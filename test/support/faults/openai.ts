import { event } from '../upstream.ts';
import { inJson, sent, type Writing } from './writing.ts';

const overloaded = { error: { message: 'Overloaded', type: 'server_error', param: null, code: null } };
const refusal = () => inJson({ error: { message: 'No.', type: 'error', param: null, code: null } });

/** A stream in OpenAI's words. */
export const openaiStream: Writing = {
  type: 'text/event-stream',
  opening: event({ role: 'assistant', content: '' }),
  said: event({ content: 'Hello' }),
  unfinished: 'data: [DONE]\n\n',
  malformed: 'data: {"id":"chatcmpl-1","choi\n\n',
  failing: sent(overloaded),
  error: JSON.stringify(overloaded),
  refusal,
};

/** A whole answer in OpenAI's words: one JSON object, which may arrive in parts. */
export const openaiWhole: Writing = {
  type: 'application/json',
  opening: '{"id":"chatcmpl-1","object":"chat.completion","created":1700000000,"model":"m",',
  said: '"choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":',
  unfinished: 'null}],"usage":{"prompt_tokens":10,"completion_tokens":1,"total_tokens":11}}',
  malformed: '"choi',
  failing: '',
  error: JSON.stringify(overloaded),
  refusal,
};
