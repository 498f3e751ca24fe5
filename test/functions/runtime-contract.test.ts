import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer } from '../support/flaky.ts';
import { type Front, type Fronts, openFronts } from '../support/ric/fronts.ts';
import { streaming } from '../support/upstream.ts';

// What the real runtime client and the deployed bundle make of calls over a Runtime API that breaks its word: from a
// function URL and from a REST API, one at a time and many at once.

const PIECE = 'x'.repeat(64 * 1024);
const never = new Promise<never>(() => {});

let house: Fronts;
beforeAll(async () => {
  house = await openFronts();
});
afterAll(() => house?.close());

/** Tells the same story of each way, side by side. */
const eachWay = (story: (front: Front) => Promise<void>) => async () => {
  const told = house.fronts.map((front) =>
    story(front).catch((cause) => {
      throw new Error(`Asked ${front.way}: ${cause}`, { cause });
    }),
  );
  await Promise.all(told);
};

/** The record of a call, once there is one. */
async function recordOf({ headers }: Awaited<ReturnType<Front['chat']>>) {
  const id = headers['x-request-id'];
  const found = async () => (await house.database.calls('demo')).find((call) => call.id === id);
  await expect.poll(found).toBeDefined();
  return found();
}

async function expectAlive({ answerWith, chat }: Front): Promise<void> {
  answerWith(answer('Well.'));
  expect(await (await chat()).text()).toContain('Well.');
}

test(
  'a stream comes as the provider gives it',
  eachWay(async ({ chat, model, answerWith }) => {
    const more = Promise.withResolvers<void>();
    answerWith(
      streaming(async (write) => {
        await write('first');
        await more.promise;
        await write('second');
      }),
    );
    const reply = await chat({ stream: true });
    expect(reply.status).toBe(200);
    expect(reply.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'x-sluice-model': model,
      'x-request-id': expect.stringMatching(/^req_/),
    });
    let text = '';
    for await (const piece of reply.pieces) {
      text += piece.text;
      if (text.includes('first')) break;
    }
    expect(text).not.toContain('second'); // the provider has not said it yet
    more.resolve();
    expect(await reply.text()).toMatch(/"second"[\s\S]*data: \[DONE\]\n\n$/);
  }),
);

test(
  'a slow reader holds the provider back, and gets all of it',
  eachWay(async ({ chat, answerWith }) => {
    const pieces = 320;
    let given = 0;
    answerWith(
      streaming(async (write) => {
        for (; given < pieces; given++) await write(PIECE);
      }),
    );
    const reply = await chat({ stream: true }, { reader: 'slowly' });
    let before = -1;
    const standsStill = () => {
      const still = given === before;
      before = given;
      return still;
    };
    await expect.poll(standsStill, { interval: 150 }).toBe(true);
    expect(given).toBeLessThan(pieces);
    expect((await reply.text()).split(PIECE)).toHaveLength(pieces + 1);
    expect(await recordOf(reply)).toMatchObject({ status: 'ok' });
  }),
);

test(
  'a reader who has stopped is not waited for when time is over: the call is written down before its deadline',
  eachWay(async (front) => {
    front.answerWith(
      streaming(async (write) => {
        for (;;) await write(PIECE);
      }),
    );
    const reply = await front.chat({ stream: true }, { reader: 'slowly', deadlineMs: 5_500 });
    expect(await recordOf(reply)).toMatchObject({ status: 'failed', errorCode: 'timeout' });
    expect(performance.now()).toBeLessThan(reply.deadlineAt);
    reply.cut(); // as the platform does at the deadline
    await expectAlive(front);
  }),
);

test(
  'a provider who has stopped is told of in-band, and written down before the deadline',
  eachWay(async ({ chat, answerWith }) => {
    answerWith(
      streaming(async (write) => {
        await write('first');
        await never;
      }),
    );
    const reply = await chat({ stream: true }, { deadlineMs: 5_500 });
    expect(await reply.text()).toMatch(/"first"[\s\S]*"code":"timeout"(?![\s\S]*\[DONE\])/);
    expect(await recordOf(reply)).toMatchObject({ status: 'failed', errorCode: 'timeout' });
    expect(performance.now()).toBeLessThan(reply.deadlineAt);
  }),
);

test(
  'a connection that is cut in mid-stream costs what the provider counts in the end',
  eachWay(async (front) => {
    const more = Promise.withResolvers<void>();
    front.answerWith(
      streaming(async (write) => {
        await write('first');
        await more.promise;
        for (let left = 100; left > 0; left--) await write(PIECE);
      }),
    );
    const reply = await front.chat({ stream: true });
    reply.cut();
    await expect(reply.text()).rejects.toThrow();
    more.resolve();
    expect(await recordOf(reply)).toMatchObject({ bill: { nanoDollars: 16_000, estimated: false } });
    await expectAlive(front);
  }),
);

test.each([
  ['never comes', 'cut'],
  ['breaks off', 'broken off'],
] as const)('an answer whose receipt %s is written down', (_, ending) =>
  eachWay(async (front) => {
    front.answerWith(answer('Hello.'));
    for (const stream of [false, true]) {
      const reply = await front.chat({ stream }, { ending });
      expect(await reply.text()).toContain('Hello.');
      expect(await recordOf(reply)).toMatchObject({ status: 'ok', bill: { nanoDollars: 16_000 } });
    }
    await expectAlive(front);
  })(),
);

test(
  'an answer whose connection is gone before it begins is written down',
  eachWay(async (front) => {
    const { runtime, model, chat, answerWith } = front;
    answerWith(answer('Hello.'));
    await recordOf(await chat());
    const last = async () => (await house.database.calls('demo')).findLast((call) => call.requestedModel === model);
    const before = await last();
    const asked = Promise.withResolvers<void>();
    const closed = Promise.withResolvers<void>();
    answerWith(async (one, response) => {
      asked.resolve();
      await closed.promise;
      answer('Hello.')(one, response);
    });
    const unheard = expect(chat()).rejects.toThrow('closed before it began');
    await asked.promise;
    runtime.closeUnused();
    await unheard;
    closed.resolve();
    await expect.poll(last).not.toEqual(before);
    expect(await last()).toMatchObject({ status: 'ok', bill: { nanoDollars: 16_000 } });
    await expectAlive(front);
  }),
);

test(
  'a body of 7 MB is refused, and an answer of 7 MB arrives',
  eachWay(async ({ chat, answerWith }) => {
    const content = 'x'.repeat(7 * 1024 * 1024);
    const refused = await chat({ messages: [{ role: 'user', content }] });
    expect(refused.status).toBe(413);
    expect(JSON.parse(await refused.text())).toMatchObject({ error: { code: 'request_too_large' } });
    answerWith(answer(content));
    expect((await (await chat()).text()).includes(content)).toBe(true);
  }),
);

test(
  'a body arrives at the provider as it was sent, encoded or not',
  eachWay(async ({ arrive, model, answerWith, lastAsked }) => {
    answerWith(answer('Hello.'));
    for (const encoded of [true, false]) {
      const messages = [{ role: 'user', content: `Größe: 5 µm 🙂 ${encoded}` }];
      const reply = await arrive({ text: JSON.stringify({ model, messages }), encoded });
      expect(reply.status).toBe(200);
      expect(lastAsked()?.body.messages).toEqual(messages);
    }
  }),
);

test(
  'an answer to HEAD has a status and headers, and no body',
  eachWay(async ({ arrive }) => {
    const well = await arrive({ method: 'HEAD', path: '/healthz' });
    expect(well).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(await well.text()).toBe('');
    const refused = await arrive({ method: 'HEAD' });
    expect(refused).toMatchObject({ status: 405, headers: { allow: 'POST' } });
    expect(await refused.text()).toBe('');
  }),
);

test(
  'an empty answer of the provider is a whole one, and none at all is a failure',
  eachWay(async ({ chat, answerWith }) => {
    answerWith(answer(''));
    const whole = await chat();
    expect(JSON.parse(await whole.text())).toMatchObject({ choices: [{ message: { content: '' } }] });
    const stream = await chat({ stream: true });
    expect(await stream.text()).toMatch(/"finish_reason":"stop"[\s\S]*data: \[DONE\]\n\n$/);
    answerWith((_, response) => void response.end());
    for (const stream of [false, true]) {
      const none = await chat({ stream });
      expect(none.status).toBe(502);
      expect(JSON.parse(await none.text())).toHaveProperty('error.code');
    }
  }),
);

test('where many calls run at once, each has its own answer', async () => {
  for (const { way, chat, answerWith } of house.fronts) {
    if (!way.includes('many')) continue;
    const all = Promise.withResolvers<void>();
    const words = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    let asked = 0;
    answerWith(async (one, response) => {
      if (++asked === words.length) all.resolve();
      await all.promise;
      answer(`To ${Object(one.body.metadata).word}.`)(one, response);
    });
    const replies = words.map(async (word, at) => (await chat({ stream: at % 2 === 0, metadata: { word } })).text());
    for (const [at, text] of (await Promise.all(replies)).entries()) expect(text).toContain(`To ${words[at]}.`);
  }
});

// Seconds stand for minutes: what minutes do to connections is done to them here, for the far side has forgotten them
// when the environment wakes, with calls to answer. test/wire/freeze.test.ts and test/aws/wary.test.ts move the clock.
test('a frost that no connection outlives costs no call', async () => {
  /** So many calls of each, by callers whom no environment has looked up yet: some connections to the database each. */
  const calls = async (count: number) => {
    const key = async () => (await house.database.admin.createKey({ tenant: 'demo' })).key;
    const keys = await Promise.all(house.fronts.map(() => Promise.all(Array.from({ length: count }, key))));
    return () => house.fronts.flatMap(({ chat }, at) => keys[at]?.map((key) => chat({}, {}, key)) ?? []);
  };
  const [before, after] = [await calls(8), await calls(2)];
  for (const { answerWith } of house.fronts) answerWith(answer('Well.'));
  await Promise.all(before().map(async (reply) => (await reply).nextPoll));
  const pids = house.fronts.flatMap(({ runtime }) => runtime.pid ?? []);
  for (const pid of pids) process.kill(pid, 'SIGSTOP');
  house.upstream.forget();
  house.database.forget();
  await pause(4_500); // in less than four seconds a provider's connection is not doubted
  const replies = after();
  for (const pid of pids) process.kill(pid, 'SIGCONT');
  for (const reply of await Promise.all(replies)) {
    expect(reply.status).toBe(200);
    expect(await reply.text()).toContain('Well.');
    expect(await recordOf(reply)).toMatchObject({ status: 'ok', attempts: [{ status: 200 }] });
  }
});

test('after all that, what the records say is what the counters say', async () => {
  const lost = async () => {
    const calls = await house.database.calls('demo');
    const { total, calls: counted } = await house.database.spent('tenant#demo');
    const recorded = calls.reduce((sum, { bill }) => sum + Number(Object(bill).nanoDollars), 0);
    return { nanoDollars: recorded - total, calls: calls.length - counted };
  };
  await expect.poll(lost).toEqual({ nanoDollars: 0, calls: 0 });
});
