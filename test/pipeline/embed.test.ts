import { expect, test } from 'vitest';
import { embed } from '../../lib/pipeline/embed.ts';
import type { Inbound } from '../../lib/wire/send.ts';
import { labs } from '../support/labs.ts';
import { fakeWorld, visitOf } from '../support/world.ts';

/** What a provider answers: a vector of two dimensions, and a thousand tokens counted. */
const answer = { data: [{ embedding: [1, 0.5] }], usage: { prompt_tokens: 1000, total_tokens: 1000 } };

/** What is billed for a request whose provider answers so. */
async function billed(fields: object) {
  const inbound: Inbound = {
    status: 200,
    headers: {},
    body: (async function* () {
      yield Buffer.from(JSON.stringify(answer));
    })(),
  };
  const models = { once: { use: 'lab/e', tries: 1 } };
  const config = { ...labs({ lab: 'https://lab.example/v1' }), models };
  const world = fakeWorld({ config, send: async () => inbound });
  const work: (() => Promise<void>)[] = [];
  const visit = visitOf({ model: 'once', ...fields }, { path: '/v1/embeddings' });
  const failure = await embed(visit, world, (later) => void work.push(later)).then(
    () => undefined,
    (error) => error,
  );
  for (const each of work) await each();
  return { failure, bills: world.written.settled.map(({ bill }) => bill) };
}

const counted = { nanoDollars: 1_000_000, estimated: false, usage: { input: 1000 } };

test('what a provider counted is paid for, whatever is wrong with its vectors', async () => {
  const [right, dimensions, fewer] = await Promise.all([
    billed({ input: 'a' }),
    billed({ input: 'a', dimensions: 3 }),
    billed({ input: ['a', 'b'] }),
  ]);
  expect(right.failure).toBeUndefined();
  expect(dimensions.failure).toMatchObject({ code: 'unsupported_parameter', details: { param: 'dimensions' } });
  expect(fewer.failure).toMatchObject({ code: 'provider_error' });
  expect([right.bills, dimensions.bills, fewer.bills]).toMatchObject([[counted], [counted], [counted]]);
});
