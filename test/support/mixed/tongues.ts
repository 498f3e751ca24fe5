import { sent } from '../faults/writing.ts';
import { type Counts, readIn } from './tariff.ts';
import { type Meant, soFar, type Tongue } from './tongue.ts';

const openaiUsage = ({ said, thought, ...read }: Counts) => ({
  prompt_tokens: readIn({ said, thought, ...read }),
  completion_tokens: said + thought,
  total_tokens: readIn({ said, thought, ...read }) + said + thought,
  prompt_tokens_details: { cached_tokens: read.cached, cache_write_tokens: read.kept },
  completion_tokens_details: { reasoning_tokens: thought },
});

const overloaded = JSON.stringify({ error: { message: 'Overloaded', type: 'server_error', param: null, code: null } });
const openaiRefusal = () => JSON.stringify({ error: { message: 'No.', type: 'error', param: null, code: null } });
const head = (object: string, { model, service }: Meant) => ({
  id: 'chatcmpl-1',
  object,
  created: 1_700_000_000,
  model,
  ...(service !== undefined && { service_tier: service }),
});
const delta = (meant: Meant, piece: object, finish_reason: string | null = null) =>
  sent({ ...head('chat.completion.chunk', meant), choices: [{ index: 0, delta: piece, finish_reason }] });

/** A stream in OpenAI's words. */
export const openaiStream: Tongue = {
  type: 'text/event-stream',
  opening: (meant) => delta(meant, { role: 'assistant', content: '' }),
  word: (content, meant) => delta(meant, { content }),
  finish: (meant) =>
    delta(meant, {}, 'stop') +
    (meant.counted
      ? sent({ ...head('chat.completion.chunk', meant), choices: [], usage: openaiUsage(meant.counts) })
      : ''),
  ending: 'data: [DONE]\n\n',
  malformed: 'data: {"id":"chatcmpl-1","choi\n\n',
  failing: `data: ${overloaded}\n\n`,
  refusal: openaiRefusal,
};

/** A whole answer in OpenAI's words. */
export const openaiWhole: Tongue = {
  type: 'application/json',
  opening: (meant) =>
    `${JSON.stringify(head('chat.completion', meant)).slice(0, -1)},"choices":[{"index":0,"message":{"role":"assistant","content":"`,
  word: (word) => word,
  finish: ({ counts, counted }) =>
    `"},"finish_reason":"stop"}]${counted ? `,"usage":${JSON.stringify(openaiUsage(counts))}` : ''}`,
  ending: '}',
  malformed: '"choi',
  failing: overloaded,
  refusal: openaiRefusal,
  whole: true,
};

const named = (wire: { readonly type: string; readonly [field: string]: unknown }): string =>
  `event: ${wire.type}\ndata: ${JSON.stringify(wire)}\n\n`;
const claudeUsage = ({ fresh, cached, kept, keptLong }: Counts) => ({
  input_tokens: fresh,
  cache_read_input_tokens: cached,
  cache_creation_input_tokens: kept + keptLong,
  cache_creation: { ephemeral_5m_input_tokens: kept, ephemeral_1h_input_tokens: keptLong },
});
const claudeFails = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };

/** A stream of Anthropic's Messages. */
export const anthropic: Tongue = {
  type: 'text/event-stream',
  opening: ({ model, counts, counted }) => {
    const usage = counted && { usage: { ...claudeUsage(counts), output_tokens: 1 } };
    const about = { id: 'msg_1', type: 'message', role: 'assistant', model };
    const message = { ...about, content: [], stop_reason: null, ...usage };
    return [
      { type: 'message_start', message },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ]
      .map(named)
      .join('');
  },
  word: (text) => named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  finish: ({ counts, counted }) => {
    const usage = {
      output_tokens: counts.said + counts.thought,
      output_tokens_details: { thinking_tokens: counts.thought },
    };
    return [
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, ...(counted && { usage }) },
    ]
      .map(named)
      .join('');
  },
  ending: named({ type: 'message_stop' }),
  malformed: 'event: content_block_delta\ndata: {"type":"content_block_delta","ind\n\n',
  failing: named(claudeFails),
  refusal: () => JSON.stringify(claudeFails),
};

const geminiUsage = ({ said, thought, ...read }: Counts) => ({
  promptTokenCount: readIn({ said, thought, ...read }),
  cachedContentTokenCount: read.cached,
  candidatesTokenCount: said,
  thoughtsTokenCount: thought,
  totalTokenCount: readIn({ said, thought, ...read }) + said + thought,
});
const geminiCounts = (meant: Meant, words: number) =>
  meant.counted && { usageMetadata: geminiUsage(soFar(meant, words)) };
const piece = ({ model }: Meant, text: string, more: object = {}) => ({
  candidates: [{ content: { parts: [{ text }], role: 'model' }, index: 0, ...more }],
  modelVersion: model,
  responseId: 'r1',
});
const geminiFails = JSON.stringify({ error: { code: 503, message: 'Overloaded', status: 'UNAVAILABLE' } });

/** A stream of Gemini's generateContent. */
export const gemini: Tongue = {
  type: 'text/event-stream',
  opening: (meant) => sent({ ...piece(meant, ''), usageMetadata: { trafficType: 'ON_DEMAND' } }),
  word: (word, meant, place) => sent({ ...piece(meant, word), ...geminiCounts(meant, place) }),
  finish: (meant) =>
    sent({ ...piece(meant, '', { finishReason: 'STOP' }), ...geminiCounts(meant, meant.words.length) }),
  ending: '',
  malformed: 'data: {"candidates":[{"cont\n\n',
  failing: `data: ${geminiFails}\n\n`,
  refusal: (code) => JSON.stringify({ error: { code, message: 'No.', status: 'UNKNOWN' } }),
  countsAlong: true,
};

/** Vectors in OpenAI's words: one answer, and nothing in it but its end can be told from another. */
export const vectors: Tongue = {
  type: 'application/json',
  opening: ({ model }) => `{"object":"list","model":"${model}","data":[{"index":0,"embedding":[0.5`,
  word: () => '',
  finish: ({ counts: { fresh }, counted }) =>
    `]}]${counted ? `,"usage":{"prompt_tokens":${fresh},"total_tokens":${fresh}}` : ''}`,
  ending: '}',
  malformed: '"choi',
  failing: overloaded,
  refusal: openaiRefusal,
  whole: true,
};
