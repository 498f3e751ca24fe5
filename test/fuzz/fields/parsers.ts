import assert from 'node:assert/strict';
import fc from 'fast-check';
import { costOf } from '../../../lib/catalog/price.ts';
import { isUsage, toUsage } from '../../../lib/openai/usage.ts';
import { parseChat, parseEmbedding } from '../../../lib/pipeline/parse.ts';
import { quoted } from '../../../lib/pipeline/quoted.ts';
import { sseEvents } from '../../../lib/wire/sse.ts';
import { arriving } from '../../support/bytes.ts';
import { price } from '../../support/labs.ts';
import { visitOf } from '../../support/world.ts';
import { changed, inReads } from '../bytes.ts';
import { tongues } from '../dialects.ts';
import { toStream } from '../events.ts';
import { field } from '../field.ts';
import { bent, hostileValue, toText } from '../hostile.ts';
import { isCallers } from '../promises.ts';
import { bentChat, bentEmbedding, labels } from '../questions.ts';

/** What reads a caller's bytes and headers: a request, or a refusal that blames the caller. */
export const parser = field({
  name: 'request parser',
  share: 200,
  inputs: fc.record({
    body: changed(fc.oneof(bentChat, bentEmbedding, hostileValue).map((value) => Buffer.from(toText(value)))),
    headers: labels,
    read: fc.constantFrom(parseChat, parseEmbedding),
  }),
  holds: ({ body, headers, read }) => {
    try {
      const { request } = read(visitOf(body, { headers }));
      assert.match(String(request.model), /^[\x20-\x7e]{1,512}$/);
      assert.equal(Reflect.get({}, 'polluted'), undefined);
    } catch (error) {
      isCallers(error);
    }
  },
});

/** What reads server-sent events: the same bytes are the same events, however they arrive. */
export const events = field({
  name: 'SSE reader',
  share: 150,
  inputs: fc
    .tuple(
      bent(
        tongues.filter(({ lines }) => !lines).flatMap(({ streams }) => streams),
        2,
      ),
    )
    .chain(([stream]) => inReads(changed(fc.constant(Buffer.from(toStream(stream))), 5))),
  holds: async (reads) => {
    const found = (await Array.fromAsync(sseEvents(arriving(reads)))).flat();
    const atOnce = (await Array.fromAsync(sseEvents(arriving([Buffer.concat(reads)])))).flat();
    assert.deepEqual(found, atOnce);
  },
});

/** What reckons the most a request may cost, and what its usage did. */
export const money = field({
  name: 'ceiling and usage',
  share: 40,
  inputs: fc.record({ body: bentChat, at: fc.nat(), usage: bent(usages()) }),
  holds: ({ body, at, usage }) => {
    const target = tongues[at % tongues.length]?.target;
    if (target === undefined) return;
    let asked: ReturnType<typeof parseChat> | undefined;
    try {
      asked = parseChat(visitOf(Buffer.from(toText(body))));
    } catch (error) {
      isCallers(error);
    }
    if (asked !== undefined) assert.ok(quoted(asked.request, [target]).nanoDollars >= 0);
    const view: unknown = JSON.parse(toText(usage));
    if (!isUsage(view)) return;
    const amount = costOf(price, toUsage(view));
    assert.ok(Number.isSafeInteger(amount) && amount >= 0, `${amount} nano-dollars`);
  },
});

function usages() {
  const details = { cached_tokens: 1, cache_write_tokens: 2, reasoning_tokens: 3, audio_tokens: 4 };
  const counts = { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 };
  return [counts, { ...counts, prompt_tokens_details: details, completion_tokens_details: details }];
}
