import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fold } from '../../../lib/openai/fold.ts';
import { readJson } from '../../../lib/openai/read-json.ts';
import { type ChatRequest, toChatRequest } from '../../../lib/openai/request.ts';
import type { Outbound } from '../../../lib/wire/send.ts';
import { arriving } from '../../support/bytes.ts';
import { changed, inReads } from '../bytes.ts';
import { type Tongue, tongues } from '../dialects.ts';
import { toLines, toStream } from '../events.ts';
import { field } from '../field.ts';
import { bent, hostileText, hostileValue, toText } from '../hostile.ts';
import { isCallers, isChunk, isCompletion, isProviders, isTold } from '../promises.ts';
import { bentChat } from '../questions.ts';

const tongue = fc.constantFrom(...tongues);
const originOf = ({ target: { provider, model } }: Tongue) => ({
  provider: provider.name,
  stamp: { id: 'chatcmpl-ours', created: 1_800_000_000, model },
  counted: () => {},
});

/** A request that is as long may leave partly in its own words. */
const LARGE = 17 * 1024;

/** A caller's request in a provider's words: JSON for an address that can be called, or a refusal that names why. */
export const requests = field({
  name: 'dialects, requests',
  share: 180,
  inputs: fc.record({ spoken: tongue, body: bentChat, large: fc.boolean() }),
  holds: ({ spoken: { target }, body, large }) => {
    const text = toText(body);
    const left = leaving(text, target);
    if (large) assert.deepEqual(leaving(text.padEnd(LARGE), target), left);
  },
});

/** What of a request leaves for a provider, as whoever reads it there reads it; nothing where it is refused. */
function leaving(text: string, target: Tongue['target']): unknown {
  let request: ChatRequest;
  try {
    request = toChatRequest(readJson(Buffer.from(text)));
  } catch (error) {
    return isCallers(error);
  }
  try {
    const { outbound } = target.provider.chat(target.model).toProvider(request, target);
    canLeave(target.provider.authorize(outbound, 'sk-canary'));
    return JSON.parse(String(outbound.body));
  } catch (error) {
    return isCallers(error);
  }
}

export function canLeave(outbound: Outbound): void {
  JSON.parse(String(outbound.body));
  if (!('url' in outbound)) return;
  new URL(outbound.url);
  new Headers(outbound.headers);
}

/** A provider's stream: chunks that OpenAI could have written, up to its end or to a failure that is the provider's; folded, too. */
export const streams = field({
  name: 'dialects, streams',
  share: 250,
  inputs: tongue.chain((spoken) => {
    const written = bent(spoken.streams).map((events) => Buffer.from((spoken.lines ? toLines : toStream)(events)));
    const array = bent(spoken.streams).map((events) =>
      Buffer.from(toText(Array.isArray(events) ? events.map((each) => Object(each).data) : events)),
    );
    const bytes = spoken.lines ? written : fc.oneof({ weight: 4, arbitrary: written }, { weight: 1, arbitrary: array });
    return fc.record({ spoken: fc.constant(spoken), reads: inReads(changed(bytes, 2)) });
  }),
  holds: async ({ spoken, reads }) => {
    const { target } = spoken;
    const read = () => target.provider.chat(target.model).fromStream(arriving(reads), originOf(spoken));
    try {
      for await (const batch of read()) batch.forEach(isChunk);
    } catch (error) {
      return isProviders(error);
    }
    isCompletion(await fold(read()));
  },
});

/** A provider's whole answer. */
export const wholes = field({
  name: 'dialects, whole answers',
  share: 60,
  inputs: fc.constantFrom(...tongues.filter((each) => each.wholes.length > 0)).chain((spoken) =>
    fc.record({
      spoken: fc.constant(spoken),
      text: changed(
        bent(spoken.wholes).map((answer) => Buffer.from(toText(answer))),
        1,
      ),
    }),
  ),
  holds: ({ spoken, text }) => {
    const { target } = spoken;
    try {
      const completion = target.provider.chat(target.model).fromWhole?.(text.toString(), originOf(spoken));
      if (completion !== undefined) isCompletion(completion);
    } catch (error) {
      isProviders(error);
    }
  },
});

const reasons = [
  { error: { message: 'No.', type: 'invalid_request_error', param: 'n', code: 'context_length_exceeded' } },
  { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' }, request_id: 'r' },
  [
    {
      error: {
        code: 429,
        message: 'Quota',
        status: 'RESOURCE_EXHAUSTED',
        details: [{ '@type': 'RetryInfo', retryDelay: '7s' }],
      },
    },
  ],
  { error: { code: 400, message: 'x', details: [{ fieldViolations: [{ field: 'a', description: 'b' }] }] } },
  { message: 'Input is too long', detail: [{ loc: ['body', 'n'], msg: 'bad', type: 'x' }] },
  { detail: 'no', object: 'error', error: 'a text' },
];

/** A provider's refusal: one of ours, with a status that can be sent. */
export const refusals = field({
  name: 'dialects, refusals',
  share: 50,
  inputs: fc.record({
    spoken: tongue,
    status: fc.oneof(
      fc.constantFrom(300, 400, 401, 404, 413, 418, 422, 429, 500, 503, 529),
      fc.integer({ min: 300, max: 999 }),
    ),
    headers: fc.dictionary(
      fc.constantFrom('retry-after', 'retry-after-ms', 'x-amzn-errortype', 'x-should-retry', '__proto__'),
      fc.oneof(
        hostileText,
        fc.constantFrom('1e999', 'Wed, 21 Oct 2099 07:28:00 GMT', '-1', '7', 'ThrottlingException:'),
      ),
    ),
    body: fc.oneof(
      changed(
        bent(reasons).map((reason) => Buffer.from(toText(reason))),
        1,
      ).map(String),
      fc.oneof(hostileText, hostileValue.map(toText)),
    ),
  }),
  holds: ({ spoken: { target }, status, headers, body }) => {
    const { provider } = target;
    const error = provider.chat(target.model).toError(status, headers, body, provider.name);
    isTold(error);
    isProviders(error);
    const { retryAfterMs } = error.details;
    if (retryAfterMs !== undefined && !(retryAfterMs >= 0 && Number.isFinite(retryAfterMs)))
      throw new Error(`Try again after ${retryAfterMs} ms?`);
  },
});
