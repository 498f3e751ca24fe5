import { afterAll, beforeAll, expect, test } from 'vitest';
import { toCallLines } from '../../lib/aws/call-lines.ts';
import { serve } from '../../lib/pipeline/serve.ts';
import { httpSend } from '../../lib/wire/send.ts';
import type { CallRecord } from '../../lib/world.ts';
import { labs } from '../support/labs.ts';
import { textOf } from '../support/replies.ts';
import { nobody } from '../support/server.ts';
import { timer } from '../support/timer.ts';
import { beginStream, event, refusal, type Script, startUpstream, type Upstream } from '../support/upstream.ts';
import { apiKey, fakeWorld, messages, providerKey, visitOf } from '../support/world.ts';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

const quoted = `The key ${providerKey} (Bearer ${providerKey}) is wrong`;
const inStream =
  (text: string): Script =>
  (_, response) => {
    beginStream(response);
    response.end(text);
  };

/** Every way a provider may try to tell the key it was called with. */
const tellers: Readonly<Record<string, Script>> = {
  ...Object.fromEntries(
    [302, 400, 401, 403, 404, 409, 422, 429, 500, 503].map((status) => [
      `a ${status} that quotes it`,
      refusal(status, { message: quoted, param: providerKey, code: providerKey }, { location: `/${providerKey}` }),
    ]),
  ),
  'a 400 in plain text': (_, response) => void response.writeHead(400).end(quoted),
  'a prompt too long': refusal(400, { message: `${quoted}: maximum context`, code: 'context_length_exceeded' }),
  'a content filter': refusal(400, { message: quoted, code: 'content_filter' }),
  'an error in a stream': inStream(`data: ${JSON.stringify({ error: { message: quoted, code: providerKey } })}\n\n`),
  'an error after the first content': inStream(
    `${event({ content: 'x' })}event: error\ndata: {"message":"${quoted}"}\n\n`,
  ),
  'a filter after the first content': inStream(
    `${event({ content: 'x' })}data: ${JSON.stringify({ error: { message: quoted, code: 'content_filter' } })}\n\n`,
  ),
  'a stream that is no JSON': inStream(`data: ${quoted}\n\n`),
  'an answer that is no JSON': (_, response) => void response.writeHead(200).end(quoted),
  'a connection that breaks': (_, response) => void response.destroy(),
};

test.each(Object.entries(tellers))('no secret is told or logged after %s', async (_, script) => {
  upstream.answerWith(script);
  for (const stream of [false, true]) {
    const { reply, text, world } = await visited(upstream.baseUrl, stream);
    const all = JSON.stringify([reply.status, reply.headers, text, world.written]);
    for (const secret of [providerKey, apiKey]) expect(all).not.toContain(secret);
  }
});

test('no secret is told or logged when there is nobody, or nothing can be sent', async () => {
  const headers = { authorization: `Bearer ${apiKey}\n` };
  for (const [address, more] of [
    [await nobody(), {}],
    ['https://lab.invalid', {}],
    [upstream.baseUrl, headers],
    [upstream.baseUrl, { authorization: `Basic ${apiKey}` }],
    [upstream.baseUrl, { 'x-sluice-metadata': '{' }],
  ] as const) {
    const { reply, text, world } = await visited(address, false, more);
    const all = JSON.stringify([reply.status, reply.headers, text, world.written]);
    for (const secret of [providerKey, apiKey]) expect(all).not.toContain(secret);
  }
});

test("the caller's prompt is in no record, no line and no metric", async () => {
  for (const script of [tellers['a connection that breaks'], tellers['a 400 that quotes it']]) {
    upstream.answerWith(script ?? (() => {}));
    const { world } = await visited(upstream.baseUrl, true);
    expect(JSON.stringify(world.written)).not.toContain(messages[0].content);
    expect(world.written.counted.join()).toContain('"Calls":1');
  }
});

async function visited(address: string, stream: boolean, headers: Record<string, string> = {}) {
  const world = fakeWorld({ config: labs({ lab: address }), send: httpSend(timer, Date.now), timer });
  const count = async (record: CallRecord) => void world.written.counted.push(JSON.stringify(toCallLines(record)));
  const counting = { ...world, metrics: { ...world.metrics, call: count } };
  const reply = await serve(visitOf({ model: 'lab/m', messages, stream }, { headers }), counting);
  const text = await textOf(reply);
  await reply.afterwards();
  return { reply, text, world };
}
