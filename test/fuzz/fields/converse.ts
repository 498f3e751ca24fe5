import fc from 'fast-check';
import { withConverse } from '../../../lib/aws/converse.ts';
import { toFailure } from '../../../lib/wire/failure.ts';
import type { ConverseOutbound } from '../../../lib/wire/send.ts';
import { readText } from '../../../lib/wire/text.ts';
import { serveHttp } from '../../support/server.ts';
import { changed } from '../bytes.ts';
import { tongues } from '../dialects.ts';
import { toFrames } from '../events.ts';
import { type Field, field } from '../field.ts';
import { bent } from '../hostile.ts';
import { isChunk, isProviders } from '../promises.ts';

const spoken = tongues.filter(({ lines }) => lines);

/** AWS's own client reading an event stream from a socket, and the dialect behind it: chunks, or a failure of the provider's. */
export async function converse(): Promise<Field> {
  let answer: Uint8Array = new Uint8Array();
  let status = 200;
  const { url, close } = await serveHttp((request, response) => {
    request.resume();
    response.writeHead(status, { 'content-type': 'application/vnd.amazon.eventstream' }).end(answer);
  });
  const send = withConverse(() => Promise.reject(new Error('Nothing goes elsewhere.')), Date.now);
  return field({
    name: 'AWS event-stream reader',
    share: 20,
    inputs: fc.record({
      at: fc.nat(),
      bytes: changed(
        bent(
          spoken.flatMap(({ streams }) => streams),
          3,
        ).map(toFrames),
        2,
      ),
      said: fc.constantFrom(200, 200, 200, 200, 400, 429, 500),
    }),
    holds: async ({ at, bytes, said }) => {
      const target = spoken[at % spoken.length]?.target;
      if (target === undefined) return;
      [answer, status] = [bytes, said];
      const { signal } = new AbortController();
      const outbound: ConverseOutbound = {
        via: 'converse',
        endpoint: url,
        region: 'eu-west-3',
        model: 'm',
        token: 't',
        body,
      };
      const { provider, model } = target;
      const dialect = provider.chat(model);
      try {
        const inbound = await send(outbound, signal);
        if (inbound.status >= 300)
          throw dialect.toError(inbound.status, inbound.headers, await readText(inbound.body), provider.name);
        const origin = { provider: provider.name, stamp: { id: 'x', created: 1, model } };
        for await (const batch of dialect.fromStream(inbound.body, origin)) batch.forEach(isChunk);
      } catch (error) {
        isProviders(toFailure(error, provider.name, signal));
      }
    },
    close,
  });
}

const body = JSON.stringify({ messages: [{ role: 'user', content: [{ text: 'x' }] }] });
