import { findModel } from '../../lib/catalog/catalog.ts';
import { noUsage } from '../../lib/catalog/usage.ts';
import { usualLedger } from '../../lib/config/config.ts';
import type { ChatStream } from '../../lib/openai/answer.ts';
import { fold } from '../../lib/openai/fold.ts';
import { readJson } from '../../lib/openai/read-json.ts';
import { toChatRequest } from '../../lib/openai/request.ts';
import { findProvider } from '../../lib/providers/index.ts';
import type { Target } from '../../lib/providers/provider.ts';

/** Events of a stream, as a provider would write them: a beginning, tokens, an end. Synthetic. */
type Sample = { readonly model: string; readonly head: string; readonly token: string; readonly tail: string };

const TOKENS = 200;
const ROUNDS = 300;

const sse = (...events: object[]) => events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');
const named = (...events: { type: string; [more: string]: unknown }[]) =>
  events.map((event) => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
const lines = (...events: object[]) => events.map((event) => `${JSON.stringify(event)}\n`).join('');
const chunk = (choices: object[], more: object = {}) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices,
  ...more,
});

const samples: Readonly<Record<string, Sample>> = {
  openai: {
    model: 'gpt-4o',
    head: sse(chunk([{ index: 0, delta: { role: 'assistant', content: '' }, finish_reason: null }])),
    token: sse(chunk([{ index: 0, delta: { content: ' token' }, logprobs: null, finish_reason: null }])),
    tail: `${sse(chunk([{ index: 0, delta: {}, finish_reason: 'stop' }]), chunk([], { usage: { prompt_tokens: 200, completion_tokens: TOKENS, total_tokens: 400 } }))}data: [DONE]\n\n`,
  },
  anthropic: {
    model: 'claude-sonnet-4-5',
    head: named(
      {
        type: 'message_start',
        message: { id: 'm', model: 'claude-sonnet-4-5', usage: { input_tokens: 200, output_tokens: 1 } },
      },
      { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ),
    token: named({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: ' token' } }),
    tail: named(
      { type: 'content_block_stop', index: 0 },
      { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage: { output_tokens: TOKENS } },
      { type: 'message_stop' },
    ),
  },
  gemini: {
    model: 'gemini-2.5-flash',
    head: '',
    token: sse({
      candidates: [{ content: { parts: [{ text: ' token' }], role: 'model' }, index: 0 }],
      usageMetadata: { promptTokenCount: 200, totalTokenCount: 200 },
      modelVersion: 'gemini-2.5-flash',
    }),
    tail: sse({
      candidates: [{ content: { parts: [{ text: '' }], role: 'model' }, finishReason: 'STOP', index: 0 }],
      usageMetadata: { promptTokenCount: 200, candidatesTokenCount: TOKENS, totalTokenCount: 400 },
    }),
  },
  bedrock: {
    model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
    head: lines({ messageStart: { role: 'assistant' } }),
    token: lines({ contentBlockDelta: { contentBlockIndex: 0, delta: { text: ' token' } } }),
    tail: lines(
      { contentBlockStop: { contentBlockIndex: 0 } },
      { messageStop: { stopReason: 'end_turn' } },
      { metadata: { usage: { inputTokens: 200, outputTokens: TOKENS, totalTokens: 400 }, metrics: { latencyMs: 1 } } },
    ),
  },
  cohere: {
    model: 'command-a-03-2025',
    head: named(
      { type: 'message-start', id: 'm', delta: { message: { role: 'assistant' } } },
      { type: 'content-start', index: 0, delta: { message: { content: { type: 'text', text: '' } } } },
    ),
    token: named({ type: 'content-delta', index: 0, delta: { message: { content: { text: ' token' } } } }),
    tail: named(
      { type: 'content-end', index: 0 },
      {
        type: 'message-end',
        delta: { finish_reason: 'COMPLETE', usage: { tokens: { input_tokens: 200, output_tokens: TOKENS } } },
      },
    ),
  },
};

const config = {
  providers: Object.fromEntries(
    Object.keys(samples).map((name) => [name, { credential: 'env:KEY', region: 'us-east-1' }]),
  ),
  prices: {},
  models: {},
  ledger: usualLedger,
};
const kilobyte = Buffer.from(
  JSON.stringify({
    model: 'm',
    max_tokens: 1024,
    temperature: 0.7,
    messages: [
      { role: 'system', content: 'Be brief. '.repeat(20) },
      { role: 'user', content: 'lorem ipsum '.repeat(55) },
    ],
  }),
);

process.stdout.write(
  `\nTranslation, CPU of this process, ${ROUNDS} rounds after as many to warm up\n\n${'dialect'.padEnd(12)}${'µs per event:'.padStart(16)}${'ten a read'.padStart(12)}${'one a read'.padStart(12)}${'µs per 1 KB call'.padStart(18)}\n`,
);
for (const [name, sample] of Object.entries(samples)) {
  const target = targetOf(name, sample.model);
  const together = await measured(() => drained(streamOf(target, sample, TOKENS, 10)));
  const apart = await measured(() => drained(streamOf(target, sample, TOKENS, 1)));
  const calls = await measured(() => answered(target, sample));
  process.stdout.write(
    `${name.padEnd(12)}${' '.repeat(16)}${(together / TOKENS).toFixed(2).padStart(12)}${(apart / TOKENS).toFixed(2).padStart(12)}${calls.toFixed(0).padStart(18)}\n`,
  );
}
process.stdout.write(
  '\nA call is read, validated and translated, and a short answer translated back. The bounds are 5 µs and 300 µs.\n',
);

/** Microseconds of CPU of one round. */
async function measured(round: () => Promise<unknown>): Promise<number> {
  for (let at = 0; at < ROUNDS; at++) await round();
  const before = process.cpuUsage();
  for (let at = 0; at < ROUNDS; at++) await round();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / ROUNDS;
}

function targetOf(name: string, model: string): Target {
  const provider = findProvider(name, config);
  const price = findModel(`${name}/${model}`)?.price;
  if (provider === undefined || price === undefined) throw new Error(`There is no ${name}/${model} to measure.`);
  return { name: `${name}/${model}`, provider, model, price };
}

/** All of a stream, in reads of so many tokens. */
function streamOf(
  { provider, model }: Target,
  { head, token, tail }: Sample,
  tokens: number,
  aRead: number,
): ChatStream {
  const pieces = [head, ...Array<string>(Math.ceil(tokens / aRead)).fill(token.repeat(aRead)), tail].map((text) =>
    Buffer.from(text),
  );
  return provider
    .chat(model)
    .fromStream(reads(pieces), { provider: provider.name, stamp: { id: 'c', created: 1, model } });
}

async function* reads(pieces: readonly Uint8Array[]) {
  yield* pieces;
}

async function drained(chunks: ChatStream): Promise<void> {
  let text = '';
  for await (const batch of chunks) for (const each of batch) text = `data: ${JSON.stringify(each)}\n\n`;
  if (text === '') throw new Error('Nothing came.');
}

async function answered(target: Target, sample: Sample): Promise<void> {
  const request = toChatRequest(readJson(kilobyte));
  target.provider.chat(target.model).toProvider(request, target);
  const { usage } = await fold(streamOf(target, sample, 10, 10));
  if (usage === undefined) throw new Error(`Of ${noUsage.input} tokens nothing was said.`);
}
