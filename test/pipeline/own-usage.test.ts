import { expect, test } from 'vitest';
import { usualLedger } from '../../lib/config/config.ts';
import { serve } from '../../lib/pipeline/serve.ts';
import { arriving } from '../support/bytes.ts';
import { chunk, delta, done, usage } from '../support/compatible-stream.ts';
import { price } from '../support/labs.ts';
import { textOf } from '../support/replies.ts';
import { fakeWorld, messages, visitOf } from '../support/world.ts';

const own = { id: 'req_01', usage: { ...usage, queue_time: 0.01 } };
const begun = chunk([delta({ role: 'assistant', content: '' })], { x_groq: { id: 'req_01' } });
const said = chunk([delta({ content: 'Hi' })]);

/** Where Groq has been seen to put its usage. */
const places: Readonly<Record<string, readonly string[]>> = {
  'in its own field, with the finish': [begun, said, chunk([delta({}, 0, 'stop')], { x_groq: own }), done],
  'in its own field, after the finish': [begun, said, chunk([delta({}, 0, 'stop')]), chunk([], { x_groq: own }), done],
  'in both fields': [begun, said, chunk([delta({}, 0, 'stop')], { x_groq: own }), chunk([], { usage }), done],
  'in both fields of one chunk': [begun, said, chunk([delta({}, 0, 'stop')], { usage, x_groq: own }), done],
};

async function asked(events: readonly string[], fields: object) {
  const send = async () => ({ status: 200, headers: {}, body: arriving(events.map((each) => Buffer.from(each))) });
  const config = {
    providers: { groq: { credential: 'env:LAB_KEY' } },
    prices: { '*': price },
    models: {},
    ledger: usualLedger,
  };
  const world = fakeWorld({ config, send });
  const reply = await serve(visitOf({ model: 'groq/m', messages, stream: true, ...fields }), world);
  const text = await textOf(reply);
  await reply.afterwards();
  return { text, settled: world.written.settled };
}
const billed = [{ bill: { usage: { input: 5, output: 2 }, nanoDollars: 9_000, estimated: false } }];

test.each(Object.entries(places))(
  'usage that Groq reports %s is billed, and no client sees it who did not ask',
  async (_, events) => {
    for (const fields of [{}, { stream_options: { include_usage: false } }]) {
      const { text, settled } = await asked(events, fields);
      expect(text).toContain('"Hi"');
      expect(text).not.toMatch(/x_groq|prompt_tokens|queue_time/);
      expect(settled).toMatchObject(billed);
    }
  },
);

test.each(Object.entries(places))('usage that Groq reports %s is told once to who asks', async (_, events) => {
  const { text, settled } = await asked(events, { stream_options: { include_usage: true } });
  expect(text.match(/"prompt_tokens":5/g)).toHaveLength(1);
  expect(settled).toMatchObject(billed);
});
