import type { ServerResponse } from 'node:http';
import { exceptionFrame } from '../event-stream.ts';
import { anthropic } from '../faults/anthropic.ts';
import { bedrock } from '../faults/bedrock.ts';
import { gemini } from '../faults/gemini.ts';
import { openaiStream, openaiWhole } from '../faults/openai.ts';
import { cuts, ends, hangsUp, keepsSilent, type Strike, says, stalls } from '../faults/strikes.ts';
import { sent, type Writing } from '../faults/writing.ts';
import { WORD } from './secrets.ts';

/** All that a request held, for a provider that tells it again. */
export type Heard = {
  readonly key: string;
  readonly callersKey: string;
  readonly stream: boolean;
  readonly provider: string;
};
export type Fault = (heard: Heard, response: ServerResponse) => void;

const quote = ({ key, callersKey }: Heard) =>
  `The key ${key} (Bearer ${key}), which ${callersKey} was given, cannot say "${WORD} of the user"`;

/** An error in the shapes of all vendors at once, which tells everything wherever a vendor tells something. */
function told(heard: Heard, more: object = {}) {
  const text = quote(heard);
  const error = {
    message: text,
    type: text,
    param: text,
    code: text,
    status: 'INVALID_ARGUMENT',
    details: [{ reason: heard.key, message: text, fieldViolations: [{ field: text, description: text }] }],
    metadata: { raw: JSON.stringify({ error: { message: text } }) },
    ...more,
  };
  return { type: 'error', error, message: text, detail: [{ loc: ['body', text], msg: text }], request_id: text };
}

/** Headers of an answer that tell it, too. */
const telling = (heard: Heard) => ({
  'content-type': 'application/json',
  'www-authenticate': `Bearer error="${heard.key}"`,
  'set-cookie': `session=${heard.key}`,
  'x-request-id': heard.key,
  'openai-organization': heard.key,
  'x-amzn-requestid': heard.key,
  'retry-after': heard.key,
  'x-ratelimit-limit-requests': heard.key,
});

const statuses = [
  ...[300, 301, 302, 303, 304, 305, 307, 308, 400, 401, 402, 403, 404, 405, 406, 407, 408, 409, 410, 411, 412],
  ...[413, 414, 415, 416, 417, 418, 421, 422, 423, 424, 425, 426, 428, 429, 431, 451, 498, 499, 500, 501],
  ...[502, 503, 504, 505, 507, 508, 510, 511, 520, 521, 522, 524, 529, 599],
];

const refusing =
  (status: number, more: object = {}): Fault =>
  (heard, response) => {
    const location = `https://elsewhere.example/${heard.key}?key=${heard.key}`;
    response.writeHead(status, { ...telling(heard), location });
    response.end(status === 304 ? undefined : JSON.stringify(told(heard, more)));
  };

const giving =
  (type: string, body: (heard: Heard) => string): Fault =>
  (heard, response) =>
    void response.writeHead(200, { ...telling(heard), 'content-type': type }).end(body(heard));

/** A stream of Cohere's. */
const cohere: Writing = {
  ...openaiStream,
  opening: sent({ type: 'message-start', id: 'c1', delta: { message: { role: 'assistant' } } }),
  said: sent({ type: 'content-delta', index: 0, delta: { message: { content: { text: 'Hello' } } } }),
};
const writings: Readonly<Record<string, Writing>> = { anthropic, gemini, vertex: gemini, bedrock, cohere };
const writingOf = ({ provider, stream }: Heard): Writing => writings[provider] ?? (stream ? openaiStream : openaiWhole);
const striking =
  (strike: Strike): Fault =>
  (heard, response) =>
    strike(writingOf(heard), response);

/** What cannot be read, and tells everything. */
const garbled = (heard: Heard): string => {
  const text = quote(heard);
  return writingOf(heard).type === 'text/event-stream' ? `data: {"broken ${text}\n\n` : `{"broken ${text}`;
};
const failing = (heard: Heard): string | Uint8Array =>
  heard.provider === 'bedrock'
    ? exceptionFrame('validationException', quote(heard))
    : `event: error\ndata: ${JSON.stringify(told(heard))}\n\n`;
/** Says something of an answer, and goes on with that. */
const goingOn =
  (how: (heard: Heard) => string | Uint8Array, began: boolean): Fault =>
  (heard, response) =>
    says(({ opening, said }) => [...(began ? [opening, said] : []), how(heard)], ends)(writingOf(heard), response);

/** Everything that may go wrong at a provider, each telling what it knows where it can. */
export const faults: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(statuses.map((status) => [`says-${status}`, refusing(status)])),
  'finds-it-too-long': refusing(400, { code: 'context_length_exceeded', message: `${WORD} is too long a prompt` }),
  'finds-it-unfit': refusing(400, { code: 'content_filter' }),
  'says-400-in-plain-text': (heard, response) => void response.writeHead(400, telling(heard)).end(quote(heard)),
  'says-500-at-length': (heard, response) =>
    void response
      .writeHead(500, telling(heard))
      .end(JSON.stringify({ error: { message: quote(heard).repeat(9_000) } })),
  'says-400-at-length': (heard, response) =>
    void response.writeHead(400, telling(heard)).end(JSON.stringify({ error: { message: quote(heard).repeat(400) } })),
  'gives-a-page': giving('text/html', (heard) => `<title>${quote(heard)}</title>`),
  'gives-plain-text': giving('text/plain', quote),
  'gives-broken-json': giving('application/json', (heard) => `{"broken ${quote(heard)}`),
  'gives-an-error': giving('application/json', (heard) => JSON.stringify(told(heard))),
  'gives-another-type': giving(`${WORD}/unknown`, quote),
  'gives-a-number': giving('application/json', () => '7'),
  'begins-with-what-cannot-be-read': goingOn(garbled, false),
  'goes-on-with-what-cannot-be-read': goingOn(garbled, true),
  'begins-with-an-error': goingOn(failing, false),
  'goes-on-with-an-error': goingOn(failing, true),
  'cuts-off-at-once': striking(says(({ opening }) => [opening], cuts)),
  'cuts-off-later': striking(says(({ opening, said }) => [opening, said], cuts)),
  'ends-in-the-middle': striking(says(({ opening, said }) => [opening, said], ends)),
  'stalls-at-once': striking(says(({ opening }) => [opening], stalls)),
  'stalls-later': striking(says(({ opening, said }) => [opening, said], stalls)),
  'keeps-silent': striking(keepsSilent),
  resets: striking(hangsUp),
};

/** Faults in which nothing happens any more: whoever meets one must have little patience. */
export const slow: ReadonlySet<string> = new Set(['stalls-at-once', 'stalls-later', 'keeps-silent']);
