import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openHouse } from '../../support/door.ts';
import { changed } from '../bytes.ts';
import { tongues } from '../dialects.ts';
import { toStream } from '../events.ts';
import { type Field, field } from '../field.ts';
import { bent, toText } from '../hostile.ts';
import { isErrorBody } from '../promises.ts';
import { bentChat, labels } from '../questions.ts';

/** What becomes of hostile words in the real tables, and of a hostile provider on a real socket. */
export async function house(): Promise<Field> {
  const { url, upstream, keyOf, close } = await openHouse();
  const { key } = await keyOf({ budgets: { day: 1_000_000 }, cache: { mode: 'exact' } });
  const lab = tongues.filter(({ target }) => target.name === 'lab/m');
  const stream = bent(
    lab.flatMap(({ streams }) => streams),
    2,
  ).map((events) => Buffer.from(toStream(events)));
  const whole = bent(
    lab.flatMap(({ wholes }) => wholes),
    2,
  ).map((answer) => Buffer.from(toText(answer)));
  return field({
    name: 'house with its tables',
    share: 3,
    inputs: fc.record({
      body: bentChat,
      headers: labels,
      status: fc.constantFrom(200, 200, 200, 200, 400, 404, 503),
      type: fc.constantFrom('application/json', 'text/event-stream'),
      encoding: fc.constantFrom(undefined, undefined, undefined, 'gzip', 'br'),
      answer: changed(fc.oneof(stream, whole), 1),
    }),
    holds: async ({ body, headers, status, type, encoding, answer }) => {
      upstream.answerWith(
        (_, response) =>
          void response
            .writeHead(status, {
              'content-type': type,
              ...(encoding !== undefined && { 'content-encoding': encoding }),
            })
            .end(answer),
      );
      const { 'idempotency-key': _, 'x-sluice-timeout-ms': __, ...sent } = headers;
      const response = await fetch(`${url}/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...sent, authorization: `Bearer ${key}` },
        body: toText(body),
      });
      const text = await response.text();
      if (response.status !== 200) isErrorBody(text);
      else if (response.headers.get('content-type') === 'application/json') JSON.parse(text);
      else if (!text.endsWith('data: [DONE]\n\n')) isErrorBody(text.trimEnd().split('\n\ndata: ').at(-1) ?? '');
      assert.notEqual(response.status, 500);
    },
    close,
  });
}
