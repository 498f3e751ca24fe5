import { toChunks, toCompletion } from './openai.ts';
import { demand, eventStream, json, providerKey, type Script, text, wire } from './script.ts';
import { chapter, identified } from './story.ts';
import { offeredIn, openToolMessages, toolMessages } from './tool-messages.ts';

/** A compatible vendor that thinks aloud, and writes a call without arguments as no JSON at all. Synthetic bytes. */
export const lab: Script = {
  serves: (path) => path === '/lab/chat/completions',
  open: ({ body }) => {
    const opened = openToolMessages(text(body.model), body);
    // Such a vendor takes back the thoughts a client read, and does not ask for them.
    const messages = opened.messages.map((message) => {
      const { reasoning_content: _, refusal: __, ...rest } = wire(message);
      return rest;
    });
    return { ...opened, messages };
  },
  expected: toolMessages,
  check: ({ headers, body }) => {
    demand(headers.authorization === `Bearer ${providerKey}`, 'Invalid API key.');
    demand(body.reasoning_effort === 'low', 'reasoning_effort: reasoning was asked for');
    demand(offeredIn(body) === 'weather,clock', `tools: ${offeredIn(body)}`);
  },
  say: (turn, fresh, writer) => {
    const calls = identified(turn, (_, at) => `call-scripted-${fresh}${at}`);
    return { writer, thoughts: [], text: chapter(turn).text, calls };
  },
  answer: (said, turn, { body }) => {
    const manner = { model: said.writer, open: true, noArguments: body.stream === true ? '' : 'null' };
    if (body.stream !== true) return json(200, toCompletion(said, turn, manner));
    return eventStream([
      ...toChunks(said, turn, manner).map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`),
      'data: [DONE]\n\n',
    ]);
  },
  refuse: (message) => json(400, { error: { message, type: 'invalid_request_error', param: null, code: null } }),
};
