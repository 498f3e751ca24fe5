import { setTimeout } from 'node:timers/promises';
import type { JsonObject } from '../openai/json.ts';
import { readJson } from '../openai/read-json.ts';
import { type ChatRequest, toChatRequest } from '../openai/request.ts';
import type { Inbound, Send } from '../wire/send.ts';

/** An address that cannot exist (RFC 2606): what is sent to it is answered in this process and never leaves it. */
export const ECHO_BASE_URL = 'https://echo.sluice.invalid/v1';

/** Answers calls of `sluice/echo` here, in OpenAI's own dialect, and sends all others on. */
export function withEcho(send: Send): Send {
  return async (outbound, signal, reach) => {
    const ours = outbound.via === 'http' && outbound.url.startsWith(ECHO_BASE_URL);
    if (!ours) return send(outbound, signal, reach);
    return outbound.url.endsWith('/chat/completions') ? echo(outbound.body) : refusal();
  };
}

function refusal(): Inbound {
  const error = { message: 'sluice/echo chats, and does nothing else.', type: 'invalid_request_error', param: 'model' };
  return { status: 400, headers: {}, body: bytes([JSON.stringify({ error })]) };
}

function echo(body: string | Buffer): Inbound {
  const request = toChatRequest(readJson(typeof body === 'string' ? Buffer.from(body) : body));
  const answer = toAnswer(request);
  const headers = { 'content-type': 'text/event-stream' };
  if (request.stream) return { status: 200, headers, body: stream(answer, paceOf(request)) };
  return { status: 200, headers: { 'content-type': 'application/json' }, body: bytes([JSON.stringify(whole(answer))]) };
}

type Answer = {
  readonly words: readonly string[];
  readonly tool: string | undefined;
  readonly finish: string;
  readonly usage: JsonObject;
};

/** Says back what the user said last, a token a word; calls a tool when its name is in the words. */
function toAnswer(request: ChatRequest): Answer {
  const last = request.messages.at(-1);
  const said = textOf(last?.content);
  const tool = last?.role === 'user' ? toolNames(request).find((name) => said.includes(name)) : undefined;
  const all = tool === undefined ? (said.match(/\s*\S+/g) ?? ['(nothing)']) : [];
  const most = request.max_completion_tokens ?? request.max_tokens ?? Number.POSITIVE_INFINITY;
  const words = all.slice(0, most);
  const prompt = request.messages.reduce((sum, { content }) => sum + (textOf(content).match(/\S+/g)?.length ?? 0), 0);
  const completion = words.length + (tool === undefined ? 0 : 1);
  return {
    words,
    tool,
    finish: tool !== undefined ? 'tool_calls' : words.length < all.length ? 'length' : 'stop',
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  };
}

function whole({ words, tool, finish, usage }: Answer) {
  const message = {
    role: 'assistant',
    content: tool === undefined ? words.join('') : null,
    refusal: null,
    ...(tool === undefined ? {} : { tool_calls: [toolCall(tool)] }),
  };
  return { ...head('chat.completion'), choices: [{ index: 0, message, logprobs: null, finish_reason: finish }], usage };
}

function stream({ words, tool, finish, usage }: Answer, paceMs: number): AsyncIterable<Uint8Array> {
  const event = (choices: readonly JsonObject[], more: JsonObject = {}) =>
    `data: ${JSON.stringify({ ...head('chat.completion.chunk'), choices, ...more })}\n\n`;
  const delta = (piece: JsonObject, finish_reason: string | null = null) =>
    event([{ index: 0, delta: piece, logprobs: null, finish_reason }]);
  const pieces = [
    delta({ role: 'assistant', content: '' }),
    ...words.map((word) => delta({ content: word })),
    ...(tool === undefined ? [] : [delta({ tool_calls: [{ index: 0, ...toolCall(tool) }] })]),
    delta({}, finish),
    event([], { usage }),
    'data: [DONE]\n\n',
  ];
  return bytes(pieces, paceMs);
}

const MOST_PACE_MS = 1_000;

/** How long it waits after each word, as `pace_ms` of a request says, so that it can be seen whether its answer streams. */
const paceOf = ({ pace_ms: pace }: ChatRequest): number =>
  typeof pace === 'number' ? Math.min(Math.max(0, pace), MOST_PACE_MS) : 0;

const head = (object: string) => ({ id: '', object, created: 0, model: 'echo' }); // the dialect stamps what is left blank
const toolCall = (name: string) => ({ id: `call_${name}`, type: 'function', function: { name, arguments: '{}' } });

function toolNames({ tools }: ChatRequest): string[] {
  return Array.isArray(tools)
    ? tools.flatMap((tool) => (typeof tool?.function?.name === 'string' ? [tool.function.name] : []))
    : [];
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .flatMap((part: unknown) =>
      typeof part === 'object' && part !== null && 'text' in part && typeof part.text === 'string' ? [part.text] : [],
    )
    .join('\n');
}

async function* bytes(pieces: readonly string[], paceMs = 0): AsyncIterable<Uint8Array> {
  for (const piece of pieces) {
    yield Buffer.from(piece);
    // Each word its own read, as from a socket.
    await (paceMs === 0 ? new Promise(setImmediate) : setTimeout(paceMs));
  }
}
