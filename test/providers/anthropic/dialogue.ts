import { toRates } from '../../../lib/catalog/price.ts';
import type { ChatChunk } from '../../../lib/openai/answer.ts';
import { toChatRequest } from '../../../lib/openai/request.ts';
import { anthropicMaker, vertexAnthropicDialect } from '../../../lib/providers/anthropic/anthropic.ts';
import type { ChatDialect, Provider, Target } from '../../../lib/providers/provider.ts';

export const claude: Provider = anthropicMaker.make('anthropic', { credential: 'env:ANTHROPIC_API_KEY' });

const onVertex: Provider = {
  ...claude,
  name: 'vertex',
  place: { baseUrl: 'https://aiplatform.test', project: 'house', region: 'global' },
  chat: () => vertexAnthropicDialect,
};

type Ask = Readonly<Record<string, unknown>> & { readonly model?: string };

/** What Anthropic is sent for a request, and what of it found no place. */
export const sent = (ask: Ask) => through(claude, ask);
/** The same, on Vertex. */
export const sentOnVertex = (ask: Ask) => through(onVertex, ask);

function through(provider: Provider, { model = 'claude-sonnet-4-5', ...ask }: Ask) {
  const request = toChatRequest(
    JSON.parse(JSON.stringify({ model, messages: [{ role: 'user', content: 'Hi' }], ...ask })),
  );
  const target: Target = {
    name: `${provider.name}/${model}`,
    provider,
    model,
    price: toRates({ input: 0, output: 0 }),
  };
  const { outbound, dropped } = provider.chat(model).toProvider(request, target);
  if (outbound.via !== 'http') throw new Error('Claude is reached over HTTP.');
  return { ...outbound, body: JSON.parse(String(outbound.body)), dropped };
}

const messages: ChatDialect = claude.chat('');

/** A stream of Claude's read back, in the batches it came in. */
export function read(pieces: readonly (string | Uint8Array)[], model = 'claude-sonnet-4-5') {
  const stamp = { id: 'chatcmpl-1', created: 1_700_000_000, model };
  return messages.fromStream(arriving(pieces), { provider: 'anthropic', stamp });
}

async function* arriving(pieces: readonly (string | Uint8Array)[]) {
  for (const piece of pieces) yield typeof piece === 'string' ? Buffer.from(piece) : piece;
}

/** All that came before the stream ended or failed. */
export async function all(stream: AsyncIterable<readonly ChatChunk[]>) {
  const chunks: ChatChunk[] = [];
  try {
    for await (const batch of stream) chunks.push(...batch);
  } catch (error) {
    return { chunks, error };
  }
  return { chunks, error: undefined };
}

/** Events as Claude writes them. */
export const events = (...list: readonly Readonly<Record<string, unknown>>[]) =>
  list.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}   \n\n`).join('');

// Synthetic: written by hand after https://platform.claude.com/docs/en/build-with-claude/streaming
const start = (usage = {}) => ({
  type: 'message_start',
  message: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-sonnet-4-5-20250929',
    content: [],
    usage: { input_tokens: 10, output_tokens: 1, ...usage },
  },
});
const block = (index: number, content_block: object) => ({ type: 'content_block_start', index, content_block });
const delta = (index: number, one: object) => ({ type: 'content_block_delta', index, delta: one });
const stop = (index: number) => ({ type: 'content_block_stop', index });
const end = (stop_reason: string, usage: object = { output_tokens: 20 }, more = {}) => [
  { type: 'message_delta', delta: { stop_reason, stop_sequence: null, ...more }, usage },
  { type: 'message_stop' },
];

export const synthetic = { start, block, delta, stop, end };

/** A thought, a hidden thought, a sentence, and two calls of which the second has no arguments. */
export const busy = events(
  start({ cache_read_input_tokens: 100, cache_creation_input_tokens: 7 }),
  block(0, { type: 'thinking', thinking: '', signature: '' }),
  { type: 'ping' },
  delta(0, { type: 'thinking_delta', thinking: 'Two cities — ' }),
  delta(0, { type: 'thinking_delta', thinking: 'two tools. 🤔' }),
  delta(0, { type: 'signature_delta', signature: 'c2VhbA==' }),
  stop(0),
  block(1, { type: 'redacted_thinking', data: 'aGlkZGVu' }),
  stop(1),
  block(2, { type: 'text', text: '' }),
  delta(2, { type: 'text_delta', text: 'Ich schaue nach: ' }),
  delta(2, { type: 'text_delta', text: 'Zürich.' }),
  stop(2),
  block(3, { type: 'tool_use', id: 'toolu_1', name: 'weather', input: {} }),
  delta(3, { type: 'input_json_delta', partial_json: '' }),
  delta(3, { type: 'input_json_delta', partial_json: '{"city":' }),
  delta(3, { type: 'input_json_delta', partial_json: '"Zürich"}' }),
  stop(3),
  block(4, { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} }),
  delta(4, { type: 'input_json_delta', partial_json: '' }),
  stop(4),
  ...end('tool_use', { input_tokens: null, output_tokens: 40, output_tokens_details: { thinking_tokens: 15 } }),
);

/** The same answer as one JSON object. */
export const busyWhole = JSON.stringify({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-4-5-20250929',
  content: [
    { type: 'thinking', thinking: 'Two cities — two tools. 🤔', signature: 'c2VhbA==' },
    { type: 'redacted_thinking', data: 'aGlkZGVu' },
    { type: 'text', text: 'Ich schaue nach: Zürich.' },
    { type: 'tool_use', id: 'toolu_1', name: 'weather', input: { city: 'Zürich' } },
    { type: 'tool_use', id: 'toolu_2', name: 'now', input: {} },
  ],
  stop_reason: 'tool_use',
  usage: {
    input_tokens: 10,
    cache_read_input_tokens: 100,
    cache_creation_input_tokens: 7,
    output_tokens: 40,
    output_tokens_details: { thinking_tokens: 15 },
  },
});
