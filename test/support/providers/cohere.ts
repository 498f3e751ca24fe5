import { demand, eventStream, halves, json, providerKey, type Script, text, type Wire, wire } from './script.ts';
import { chapter, countsOf, identified, type Said } from './story.ts';
import { offeredIn, openToolMessages, toolMessages } from './tool-messages.ts';

/** Cohere's v2 chat. The bytes are synthetic, the shapes those of recordings. */
export const cohere: Script = {
  serves: (path) => path === '/cohere/v2/chat',
  open: ({ body }) => openToolMessages(text(body.model), body),
  expected: toolMessages,
  check: ({ headers, body }) => {
    demand(headers.authorization === `Bearer ${providerKey}`, 'invalid api token');
    demand(body.stream === true, 'stream: expected true');
    demand(wire(body.thinking).type === 'enabled', 'thinking: reasoning was asked for');
    demand(offeredIn(body) === 'weather,clock', `tools: ${offeredIn(body)}`);
    demand(body.reasoning_effort === undefined, 'unknown field: parameter reasoning_effort is not a valid field');
  },
  say: (turn, fresh, writer) => {
    const { text: words, calls } = chapter(turn);
    const ids = identified(turn, (name, at) => `${name}_scripted${fresh}${at}`);
    // A model that calls tools says nothing besides: its plan is a thought.
    return { writer, thoughts: [], text: calls.length > 0 ? '' : words, calls: ids };
  },
  answer: (said, turn) =>
    eventStream([
      ...toEvents(said, turn).map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
      'data: [DONE]\n\n',
    ]),
  refuse: (message) => json(400, { id: 'scripted', message }),
};

function toEvents({ text: words, calls }: Said, turn: number): readonly Wire[] {
  const { input, cached, output } = countsOf(turn);
  const finish_reason = calls.length > 0 ? 'TOOL_CALL' : 'COMPLETE';
  const tokens = { input_tokens: input, output_tokens: output };
  const usage = { billed_units: { input_tokens: 9, output_tokens: 9 }, tokens, cached_tokens: cached };
  const start = { role: 'assistant', content: [], tool_plan: '', tool_calls: [], citations: [] };
  return [
    { id: `scripted-${turn}`, type: 'message-start', delta: { message: start } },
    ...spoken(0, 'thinking', chapter(turn).thought),
    ...(words === '' ? [] : spoken(1, 'text', words)),
    ...calls.flatMap(({ id, name, args }, index) => {
      const json = JSON.stringify(args);
      const call = (type: string, tool_calls: Wire) => ({ type, index, delta: { message: { tool_calls } } });
      return [
        call('tool-call-start', { id, type: 'function', function: { name, arguments: '' } }),
        // No arguments, no delta.
        ...(json === '{}' ? [] : halves(json)).map((half) =>
          call('tool-call-delta', { function: { arguments: half } }),
        ),
        { type: 'tool-call-end', index },
      ];
    }),
    { type: 'message-end', delta: { finish_reason, usage } },
  ];
}

const spoken = (index: number, type: 'text' | 'thinking', whole: string): readonly Wire[] => [
  { type: 'content-start', index, delta: { message: { content: { type, [type]: '' } } } },
  ...halves(whole).map((half) => ({
    type: 'content-delta',
    index,
    delta: { message: { content: { [type]: half } } },
  })),
  { type: 'content-end', index },
];
