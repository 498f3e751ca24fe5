import assert from 'node:assert/strict';
import { validateHeaderName, validateHeaderValue } from 'node:http';
import fc from 'fast-check';
import { serve } from '../../../lib/pipeline/serve.ts';
import type { Reply } from '../../../lib/pipeline/visit.ts';
import { arriving } from '../../support/bytes.ts';
import { fakeWorld, visitOf } from '../../support/world.ts';
import { changed, inReads } from '../bytes.ts';
import { everyone, tongues } from '../dialects.ts';
import { toLines, toStream } from '../events.ts';
import { field } from '../field.ts';
import { bent, toText } from '../hostile.ts';
import { isErrorBody } from '../promises.ts';
import { bentChat, labels } from '../questions.ts';

/** Whether a provider is slow is not what is asked here: pauses between tries are none, and limits come soon. */
const PAUSE_MS = 5_000;
const HASTE = 500;

/** The whole walk of a chat, from bytes to bytes, in memory: hostile on both sides. */
export const walk = field({
  name: 'whole walk',
  share: 120,
  inputs: fc.constantFrom(...tongues).chain((spoken) => {
    const { target, wholes, lines } = spoken;
    const stream = bent(spoken.streams, 2).map((events) => Buffer.from((lines ? toLines : toStream)(events)));
    const whole = bent(wholes.length > 0 ? wholes : [{}], 2).map((answer) => Buffer.from(toText(answer)));
    return fc.record({
      name: fc.constant(target.name),
      body: bentChat,
      streamed: fc.boolean(),
      headers: labels,
      status: fc.constantFrom(200, 200, 200, 200, 400, 429, 500),
      type: fc.constantFrom('application/json', 'text/event-stream', 'text/html', ''),
      reads: inReads(changed(wholes.length > 0 ? fc.oneof(stream, whole) : stream, 1)),
    });
  }),
  holds: async ({ name, body, streamed, headers, status, type, reads }) => {
    const world = fakeWorld({
      config: everyone,
      secrets: { reveal: async () => 'sk-canary-of-the-provider' },
      timer: (ms, ring) => {
        let waits = true;
        const rung = () => waits && ring();
        const pause = ms < PAUSE_MS ? undefined : setTimeout(rung, ms / HASTE);
        if (pause === undefined) setImmediate(rung);
        return () => {
          waits = false;
          clearTimeout(pause);
        };
      },
      send: async () => ({ status, headers: { 'content-type': type }, body: arriving(reads) }),
    });
    // Most questions are honest but for their bends, which may have struck the model, too.
    const asked = typeof body === 'object' && body !== null && !Array.isArray(body) ? { ...body, model: name } : body;
    const question = streamed && typeof asked === 'object' ? { ...asked, stream: true } : asked;
    const reply = await serve(visitOf(Buffer.from(toText(question)), { headers }), world);
    await isWellFormed(reply);
    await reply.afterwards();
    assert.deepEqual(
      world.written.lines.filter(({ level }) => level === 'error'),
      [],
    );
    assert.ok(world.written.settled.length <= 1);
  },
});

/** A reply that could be written to a socket: an answer, or an error in OpenAI's shape; a stream ends with the word or with an error. */
async function isWellFormed({ status, headers, body }: Reply): Promise<void> {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  const text = (await Array.fromAsync(body)).join('');
  assert.doesNotMatch(text + JSON.stringify(headers), /sk-canary/);
  if (headers['content-type'] === 'application/json') {
    if (status === 200) assert.equal(JSON.parse(text).object, 'chat.completion');
    else isErrorBody(text);
    return;
  }
  assert.match(headers['content-type'] ?? '', /^text\/event-stream/);
  assert.equal(status, 200);
  const events = text.split('\n\n').filter((event) => event.startsWith('data: '));
  const last = (events.at(-1) ?? '').slice('data: '.length);
  if (last !== '[DONE]') isErrorBody(last);
}
