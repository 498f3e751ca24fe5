import { describe, expect, test } from 'vitest';
import type { ChatCompletion } from '../../../lib/openai/answer.ts';
import { keep, ordinary } from '../../../lib/pipeline/cache/keep.ts';
import { fromText } from '../../../lib/pipeline/cache/kept-text.ts';
import type { Answers } from '../../../lib/recall.ts';
import { cachedOf } from '../../support/cachings.ts';
import { outgoing, tallyOf, targets } from '../../support/labs.ts';
import { fakeWorld } from '../../support/world.ts';

type Message = Readonly<Record<string, unknown>>;
const choice = (finish_reason: string | null, message: Message, index = 0) => ({
  index,
  message: { role: 'assistant' as const, content: 'Well', refusal: null, ...message },
  finish_reason,
});
/** A completion as it is read: a provider may say anything. */
const completion = (...choices: ReturnType<typeof choice>[]): ChatCompletion =>
  JSON.parse(JSON.stringify({ id: 'chatcmpl-1', object: 'chat.completion', created: 1, model: 'm', choices }));
const calls = [{ id: 'call_1', type: 'function', function: { name: 'pay', arguments: '{}' } }];

describe('an answer may be given again', () => {
  test.each<[string, string | null, Message, [boolean, boolean]]>([
    ['that ended by itself', 'stop', {}, [true, true]],
    ['that was cut', 'length', {}, [false, false]],
    ['that was filtered', 'content_filter', {}, [false, false]],
    ['whose end nobody told', null, {}, [false, false]],
    ['that ended in a way nobody knows', 'eos', {}, [false, false]],
    ['that is a refusal', 'stop', { refusal: 'No.' }, [false, false]],
    ['that says nothing', 'stop', { content: '' }, [false, false]],
    ['that has no text', 'stop', { content: null }, [false, false]],
    ['that calls tools', 'tool_calls', { content: null, tool_calls: calls }, [false, true]],
    ['that speaks and calls tools', 'tool_calls', { tool_calls: calls }, [false, true]],
    ['that calls tools and says it has ended', 'stop', { content: null, tool_calls: calls }, [false, true]],
    ['that was cut in a call', 'length', { content: null, tool_calls: calls }, [false, false]],
    ['that says it calls tools, and calls none', 'tool_calls', { content: null, tool_calls: [] }, [false, false]],
    ['with an empty list of calls', 'stop', { tool_calls: [] }, [true, true]],
    ['that calls a function, as of old', 'function_call', { function_call: { name: 'pay' } }, [false, false]],
  ])('%s', (_, finish, message, [without, withTools]) => {
    const answer = completion(choice(finish, message));
    expect([ordinary(answer, 1, false), ordinary(answer, 1, true)]).toEqual([without, withTools]);
  });

  test('only where all of its choices may, and none is missing', () => {
    const two = completion(choice('stop', {}), choice('stop', {}, 1));
    expect([ordinary(two, 2, false), ordinary(two, 3, false)]).toEqual([true, false]);
    expect(ordinary(completion(choice('stop', {}), choice('length', {}, 1)), 2, false)).toBe(false);
    expect(ordinary(completion(), 1, false)).toBe(false);
  });
});

describe('what is kept', () => {
  const caching = cachedOf({ headers: { 'x-sluice-cache': 'exact; ttl=60' } });
  const [lab] = targets({ lab: 'https://lab.example/v1' });
  const [other] = targets({ other: 'https://other.example/v1' });
  if (lab === undefined || other === undefined) throw new Error('There are no targets.');

  /** An answer that this target gave, and an account that knows it. */
  function given(by = lab) {
    const world = fakeWorld();
    const tally = tallyOf({}, world.tick);
    const answer = completion(choice('stop', {}));
    if (by !== undefined) tally.sent(by, { ...outgoing('{}'), dropped: ['seed'] });
    return { world, tally, answer };
  }

  test('is the answer, whose it was, what it cost, and until when it is good', async () => {
    const { world, tally, answer } = given();
    world.pass(700);
    tally.sawWhole({ ...answer, usage: { prompt_tokens: 10, completion_tokens: 3, total_tokens: 13 } });
    const kept = await keep(answer, caching, tally, world);
    expect(kept).toEqual({
      text: expect.any(String),
      ...{ source: 'req_test', madeBy: 'key_1', askedAt: 1_800_000_000_000, expiresAt: world.now() + 60_000 },
      ...{ nanoDollars: 16_000, tookMs: 700 },
    });
    expect(fromText(kept?.text ?? '')).toEqual({ completion: answer, dropped: ['seed'] });
    const found = await world.answers.find(caching.question, new AbortController().signal);
    expect(found.answer).toEqual(kept);
  });

  test.each<[string, () => ReturnType<typeof given>]>([
    ['of another model than was asked', () => given(other)],
    ['that nobody has read to its end', () => given()],
  ])('is none %s', async (_, giving) => {
    const { world, tally, answer } = giving();
    if (tally.target() === other) tally.sawWhole(answer);
    expect(await keep(answer, caching, tally, world)).toBeUndefined();
    expect((await world.answers.find(caching.question, new AbortController().signal)).answer).toBeUndefined();
  });

  test.each<[string, Answers['keep'], readonly string[]]>([
    ['is too long', async () => false, []],
    ['cannot be written', () => Promise.reject(new Error('away')), ['CacheUnavailable']],
  ])('is none that %s, and no call fails for it', async (_, keeping, counted) => {
    const { world, tally, answer } = given();
    tally.sawWhole(answer);
    const broken = { ...world, answers: { ...world.answers, keep: keeping } };
    expect(await keep(answer, caching, tally, broken)).toBeUndefined();
    expect(world.written.counted).toEqual(counted);
    expect(world.written.lines.length).toBe(counted.length);
  });
});

test('a text that nobody of this house wrote is not read', () => {
  for (const text of ['', '[]', '{}', 'null', '{"completion":{}}']) expect(() => fromText(text)).toThrow();
});
