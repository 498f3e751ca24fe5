import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Joining, openJoining } from '../support/joining.ts';
import { beginStream, event, type Script, usage } from '../support/upstream.ts';

let house: Joining;
beforeAll(async () => {
  house = await openJoining({}, { config: { models: { twice: { use: 'lab/m', cache: { toolCalls: true } } } } });
});
afterAll(() => house?.close());

const calls = [
  { id: 'c1', type: 'custom', custom: { name: 'sql', input: 'select 1' } },
  {
    id: 'c2',
    type: 'function',
    function: { name: 'refund', arguments: '{}' },
    extra_content: { lab: { signature: 'signed' } },
  },
];
const tools = [
  { type: 'custom', custom: { name: 'sql' } },
  { type: 'function', function: { name: 'refund', parameters: { type: 'object' } } },
];

/** A provider that calls tools of every kind. */
const callsTools: Script = ({ body }, response) => {
  if (body.stream !== true) {
    const message = { role: 'assistant', content: null, tool_calls: calls };
    const whole = JSON.stringify({ choices: [{ index: 0, message, finish_reason: 'tool_calls' }], usage });
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(whole);
  }
  beginStream(response);
  response.write(event({ tool_calls: calls.map((call, index) => ({ index, ...call })) }));
  response.write(event({}, 'tool_calls'));
  response.end(`data: ${JSON.stringify({ choices: [], usage })}\n\ndata: [DONE]\n\n`);
};

/** The tools that an answer calls, streamed or whole. */
function calledIn(text: string): unknown {
  if (text.startsWith('{')) return JSON.parse(text).choices[0].message.tool_calls;
  const events = text.split('\n\n').filter((each) => each.startsWith('data: {'));
  const deltas = events.flatMap((each) => JSON.parse(each.slice('data: '.length)).choices);
  const called: object[] = [];
  for (const { delta } of deltas)
    for (const { index, ...more } of delta.tool_calls ?? []) called[index] = joinedTo(called[index], more);
  return called;
}

/** What came of a call, and what comes: texts are lengthened, all else is added. */
function joinedTo(one: object = {}, other: object): object {
  const all: Record<string, unknown> = { ...one };
  for (const [name, value] of Object.entries(other)) all[name] = lengthened(all[name], value);
  return all;
}

function lengthened(one: unknown, other: unknown): unknown {
  if (typeof one === 'string' && typeof other === 'string') return one + other;
  return typeof one === 'object' && one && typeof other === 'object' && other ? joinedTo(one, other) : other;
}

/** The kept answer of a tenant's first call. */
async function kept(tenant: string) {
  const [call] = await house.tables.calls(tenant);
  return call && house.tables.item('cache', `answer#${call.cacheKey}`, 'answer');
}

describe('an answer that calls tools', () => {
  test.each([
    [false, true],
    [true, false],
    [true, true],
    [false, false],
  ])('calls the same when it is given again (streamed at first: %s, then: %s)', async (one, other) => {
    house.upstream.answerWith(callsTools);
    const { key, tenant } = await house.keyOf({ budgets: 'none' });
    const ask = (stream: boolean) => house.ask(key, { model: 'twice', tools, stream });
    expect(calledIn(await (await ask(one)).text())).toEqual(calls);
    await expect.poll(() => kept(tenant)).toBeDefined();
    const again = await ask(other);
    expect(again.headers.get('x-sluice-cache')).toBe('hit');
    expect(calledIn(await again.text())).toEqual(calls);
  });

  test.each([
    [false, 'lab/m', 2],
    [true, 'lab/m', 2],
    [false, 'twice', 1],
    [true, 'twice', 1],
  ])(
    'is for another who asks the same at that moment only where it may be given twice (streamed: %s, %s)',
    async (stream, model, times) => {
      const { promise: gate, resolve: open } = Promise.withResolvers<void>();
      house.upstream.answerWith(async (request, response) => {
        await gate;
        return callsTools(request, response);
      });
      const { key, tenant } = await house.keyOf({ budgets: { day: 100 } });
      const asked = house.counting();
      const ask = () => house.ask(key, { model, tools, stream });
      const both = [ask(), ask()];
      await expect.poll(() => house.live(tenant)).toBe(2);
      await expect.poll(asked).toBe(times);
      open();
      const outcomes: unknown[] = [];
      for (const call of both) {
        const response = await call;
        outcomes.push(response.headers.get('x-sluice-cache'));
        expect(calledIn(await response.text())).toEqual(calls);
      }
      expect(outcomes.toSorted()).toEqual(times === 2 ? ['miss', 'miss'] : ['hit', 'miss']);
      expect(asked()).toBe(times);
    },
  );
});
