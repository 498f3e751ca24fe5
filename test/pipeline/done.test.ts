import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { serve } from '../../lib/pipeline/serve.ts';
import { httpSend } from '../../lib/wire/send.ts';
import { labs } from '../support/labs.ts';
import { textOf } from '../support/replies.ts';
import { timer } from '../support/timer.ts';
import { beginStream, ending, event, startUpstream, type Upstream } from '../support/upstream.ts';
import { fakeWorld, messages, visitOf } from '../support/world.ts';

let upstream: Upstream;
beforeAll(async () => {
  upstream = await startUpstream();
});
afterAll(() => upstream.close());

test.each([
  ['keeps its connection open', () => {}],
  ['resets its connection', (response: ServerResponse) => response.socket?.resetAndDestroy()],
  ['breaks its connection off', (response: ServerResponse) => response.destroy()],
])('a provider that %s after [DONE] has answered: the client has its end, and the usage is billed', async (_, then) => {
  const gone = Promise.withResolvers<void>();
  upstream.answerWith((__, response) => {
    response.on('close', gone.resolve);
    beginStream(response);
    response.write(event({ content: 'Hi' }));
    response.write(ending);
    // Whoever resets at once may take back what the other has not read: that would be an answer cut short.
    setImmediate(() => setImmediate(() => then(response)));
  });
  const world = fakeWorld({ config: labs({ lab: upstream.baseUrl }), send: httpSend(timer, Date.now) });
  const reply = await serve(visitOf({ model: 'lab/m', messages, stream: true }), world);
  const text = await textOf(reply);
  expect(text).toContain('"Hi"');
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true);
  await reply.afterwards();
  expect(world.written.settled).toMatchObject([{ bill: { nanoDollars: 16_000, estimated: false } }]);
  expect(world.written.calls).toMatchObject([{ status: 'ok', finish: 'stop' }]);
  await gone.promise;
});
