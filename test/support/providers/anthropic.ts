import type { Asked } from '../upstream.ts';
import { checkClaude, thoughtsOf, writerOf } from './claude.ts';
import {
  demand,
  eventStream,
  halves,
  idIn,
  json,
  type Opened,
  providerKey,
  type Script,
  text,
  type Wire,
  wire,
  wires,
} from './script.ts';
import { chapter, countsOf, identified, resultOf, type Said, type Thought } from './story.ts';

type Place = {
  readonly serves: Script['serves'];
  readonly modelOf: (asked: Asked) => string;
  readonly callPrefix: string;
  readonly check: (asked: Asked) => void;
};

/** The Messages API, at Anthropic. The bytes are synthetic, the shapes those of recordings. */
export const anthropic = messagesScript({
  serves: (path) => path === '/anthropic/v1/messages',
  modelOf: ({ body }) => text(body.model),
  callPrefix: 'toolu_01',
  check: ({ headers }) => {
    demand(headers['x-api-key'] === providerKey, 'invalid x-api-key');
    demand(headers['anthropic-version'] === '2023-06-01', 'anthropic-version: header is required');
  },
});

/** Claude on Vertex AI: the model in the path, the version in the body. */
export const vertexClaude = messagesScript({
  serves: (path) => path.startsWith('/vertex/v1/projects/trips/locations/europe-west1/publishers/anthropic/'),
  modelOf: ({ path }) => /\/models\/([^/:]+):streamRawPredict$/.exec(path)?.[1] ?? '',
  callPrefix: 'toolu_vrtx_01',
  check: ({ headers, body }) => {
    demand(headers.authorization === `Bearer ${providerKey}`, 'Request is missing required authentication credential');
    demand(body.anthropic_version === 'vertex-2023-10-16', 'anthropic_version: Field required');
    demand(body.model === undefined, 'model: Extra inputs are not permitted');
  },
});

function messagesScript({ serves, modelOf, callPrefix, check }: Place): Script {
  return {
    serves,
    open: (asked): Opened => {
      const messages = wires(asked.body.messages);
      const said = messages.filter(({ role }) => role === 'assistant').map(({ content }) => wires(content));
      return {
        writer: writerOf(modelOf(asked)),
        prompt: text(wires(messages[0]?.content)[0]?.text),
        messages,
        ids: said.map((blocks) => blocks.filter(({ type }) => type === 'tool_use').map(({ id }) => idIn(id))),
      };
    },
    expected: (prompt, history) => [
      { role: 'user', content: [{ type: 'text', text: prompt }] },
      ...history.flatMap((said) => [
        { role: 'assistant', content: toBlocks(said) },
        { role: 'user', content: said.calls.map((call) => toResult(call.id, resultOf(call))) },
      ]),
    ],
    check: (asked, history, writer) => {
      check(asked);
      const { body } = asked;
      demand(body.stream === true, 'stream: expected true');
      demand(
        wires(body.tools).every(({ input_schema }) => wire(input_schema).type === 'object'),
        'tools.0.custom.input_schema.type: Field required',
      );
      demand(wires(body.tools).length === 2, 'tools: expected two');
      demand(typeof body.max_tokens === 'number', 'max_tokens: Field required');
      checkClaude({ ...body, limit: body.max_tokens }, history, writer);
    },
    say: (turn, fresh, writer, { body }) => ({
      writer,
      thoughts: thoughtsOf(turn, `${writer} ${fresh}`, body),
      text: chapter(turn).text,
      calls: identified(turn, (_, at) => `${callPrefix}Scripted${fresh}${at}`),
    }),
    answer: (said, turn, asked) => eventStream(toEvents(said, turn, modelOf(asked)).map(framed)),
    refuse: (message) =>
      json(400, { type: 'error', error: { type: 'invalid_request_error', message }, request_id: 'req_scripted' }),
  };
}

const toBlocks = ({ thoughts, text: words, calls }: Said): readonly Wire[] => [
  ...thoughts.map(toThinking),
  ...(words === '' ? [] : [{ type: 'text', text: words }]),
  ...calls.map(({ id, name, args }) => ({ type: 'tool_use', id, name, input: args })),
];

const toThinking = ({ text: thinking, signature, redacted }: Thought): Wire =>
  redacted === undefined ? { type: 'thinking', thinking, signature } : { type: 'redacted_thinking', data: redacted };

const toResult = (id: string | undefined, words: string): Wire => ({
  type: 'tool_result',
  tool_use_id: id,
  content: [{ type: 'text', text: words }],
});

function toEvents(said: Said, turn: number, model: string): readonly Wire[] {
  const { input, cached, output, reasoning } = countsOf(turn);
  const usage = { input_tokens: input - cached, cache_creation_input_tokens: 0, cache_read_input_tokens: cached };
  const head = {
    id: `msg_scripted_${turn}`,
    type: 'message',
    role: 'assistant',
    model,
    content: [],
    stop_reason: null,
  };
  return [
    { type: 'message_start', message: { ...head, usage: { ...usage, output_tokens: 2 } } },
    { type: 'ping' },
    ...toBlocks(said).flatMap((block, index) => [
      { type: 'content_block_start', index, content_block: opening(block) },
      ...deltas(block).map((delta) => ({ type: 'content_block_delta', index, delta })),
      { type: 'content_block_stop', index },
    ]),
    {
      type: 'message_delta',
      delta: { stop_reason: said.calls.length > 0 ? 'tool_use' : 'end_turn', stop_sequence: null },
      usage: { ...usage, output_tokens: output, output_tokens_details: { thinking_tokens: reasoning } },
    },
    { type: 'message_stop' },
  ];
}

function opening(block: Wire): Wire {
  switch (block.type) {
    case 'text':
      return { ...block, text: '' };
    case 'thinking':
      return { ...block, thinking: '', signature: '' };
    case 'tool_use':
      return { ...block, input: {} };
    default:
      return block;
  }
}

function deltas(block: Wire): readonly Wire[] {
  switch (block.type) {
    case 'text':
      return halves(text(block.text)).map((half) => ({ type: 'text_delta', text: half }));
    case 'thinking':
      return [
        ...halves(text(block.thinking)).map((thinking) => ({ type: 'thinking_delta', thinking })),
        { type: 'signature_delta', signature: block.signature },
      ];
    case 'tool_use': {
      const input = JSON.stringify(block.input);
      const pieces = ['', ...(input === '{}' ? [] : halves(input))]; // no arguments, no more than an empty piece
      return pieces.map((partial_json) => ({ type: 'input_json_delta', partial_json }));
    }
    default:
      return [];
  }
}

/** With the padding the API puts before the last brace. */
const framed = (event: Wire): string =>
  `event: ${event.type}\ndata: ${JSON.stringify(event).replace(/\}$/, '        }')}\n\n`;
