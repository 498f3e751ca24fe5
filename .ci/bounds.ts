import { argv, stdout } from 'node:process';
import { toRates } from '../lib/catalog/price.ts';
import { quoteChat } from '../lib/ledger/ceiling.ts';
import type { Fields, Quotable } from '../lib/ledger/ceiling-request.ts';
import { unfolding } from '../lib/openai/carried.ts';

// For every recording: what its provider counted, against the bounds of the request that would have led to it.
const [, , suite, folder, option] = argv;
const verbose = option === '--verbose';
const { loadFixtures } = await import(`${suite}/fixtures.mjs`);
const { toNeutral } = await import(`${suite}/native.mjs`);
const { expectation } = await import(`${suite}/expect.mjs`);

const price = toRates({ input: 0, output: 0 });
const passed = ['openai', 'cohere', 'ollama'];
const counts = { held: 0, broken: 0, skipped: 0 };

for (const fixture of loadFixtures(folder).values()) {
  const { key, wire, meta, status, provider } = fixture;
  const usage = wire !== undefined && status === 200 ? expectation(fixture).usage : undefined;
  if (!usage) continue;
  const native = requestOf(fixture);
  const unsayable = native === undefined ? 'its request was not recorded' : beyondUs(native);
  if (native === undefined || unsayable !== undefined) {
    counts.skipped += 1;
    stdout.write(`skipped ${key}: ${unsayable}\n`);
    continue;
  }
  const neutral = toNeutral(wire, native);
  const request = passed.includes(wire) ? { ...native, max_tokens: neutral.maxTokens } : fromNeutral(neutral);
  const name = `${provider.replace(/-anthropic$/, '')}/${meta.model}`;
  const { inputTokens, outputTokens } = quoteChat(request, [{ name, price }], unfolding());
  const over = [
    ...(usage.prompt > inputTokens ? [`read ${usage.prompt}, bound ${inputTokens}`] : []),
    ...(neutral.maxTokens && usage.completion > outputTokens
      ? [`wrote ${usage.completion}, bound ${outputTokens}`]
      : []),
  ];
  counts[over.length > 0 ? 'broken' : 'held'] += 1;
  if (over.length > 0) stdout.write(`broken ${key} (${name}): ${over.join('; ')}\n`);
  if (verbose) stdout.write(`${key} ${name} ${usage.prompt} ${inputTokens}\n`);
}
stdout.write(`${counts.held} held, ${counts.broken} broken, ${counts.skipped} skipped\n`);
process.exitCode = counts.broken > 0 || counts.held === 0 ? 1 : 0;

function requestOf(fixture: { request(): Fields & { messages: readonly Fields[] } }) {
  try {
    return fixture.request();
  } catch {
    return undefined;
  }
}

/** Why no request of ours leads to this one; undefined where one does. */
function beyondUs(native: Fields): string | undefined {
  const text = JSON.stringify(native);
  if (/"cached_?content"/i.test(text)) return 'it reads a cache made beforehand';
  if (/"systemTool"|"type":"web_search_\d|"(google_?search|code_?execution|url_?context)"/i.test(text))
    return 'its provider runs tools';
  return undefined;
}

/** The suite's neutral words in OpenAI's. */
function fromNeutral({ system, turns, tools, schema, maxTokens, n }: Neutral): Quotable {
  const first = system === '' ? [] : [{ role: 'system', content: system }];
  return {
    messages: [...first, ...turns.flatMap(toMessages)],
    ...(tools.length > 0 && { tools: tools.map(toTool) }),
    ...(schema !== undefined && { response_format: { type: 'json_schema', json_schema: { schema } } }),
    max_tokens: maxTokens,
    n,
  };
}

type Neutral = {
  readonly system: string;
  readonly turns: readonly { readonly role: string; readonly parts: readonly Fields[] }[];
  readonly tools: readonly Fields[];
  readonly schema: unknown;
  readonly maxTokens: number | undefined;
  readonly n: number | undefined;
};

function toTool({ name, description, schema }: Fields): Fields {
  return { type: 'function', function: { name, description, parameters: schema } };
}

function toMessages({ role, parts }: Neutral['turns'][number]): readonly Fields[] {
  const results = parts.filter((part) => part.result !== undefined);
  const content = parts.flatMap(toPart);
  const tool_calls = parts.flatMap(({ call, args, id }) =>
    call === undefined ? [] : [{ id, type: 'function', function: { name: call, arguments: JSON.stringify(args) } }],
  );
  return [
    ...results.map(({ result, id }) => ({ role: 'tool', tool_call_id: id, content: result })),
    ...(content.length + tool_calls.length > 0
      ? [{ role, content, ...(tool_calls.length > 0 && { tool_calls }) }]
      : []),
  ];
}

function toPart({ text, image, file, audio }: Fields): readonly Fields[] {
  if (file !== undefined) return [{ type: 'file', file: { file_data: file } }];
  if (image !== undefined) return [{ type: 'image_url', image_url: { url: image } }];
  if (audio !== undefined) return [{ type: 'input_audio', input_audio: { data: audio, format: 'mp3' } }];
  return text === undefined ? [] : [{ type: 'text', text }];
}
