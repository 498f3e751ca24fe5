import { expect, test } from 'vitest';
import { usualCache } from '../../../lib/config/written-cache.ts';
import { LOOK_MS } from '../../../lib/pipeline/cache/elsewhere.ts';
import { serve } from '../../../lib/pipeline/serve.ts';
import type { Answers } from '../../../lib/recall.ts';
import { inTime } from '../../../lib/wire/in-time.ts';
import { ask, answered as wire } from '../../support/answering.ts';
import { arriving } from '../../support/bytes.ts';
import { labs } from '../../support/labs.ts';
import { fakeWorld, visitOf } from '../../support/world.ts';

/** Says nothing until it is asked no longer. */
const silent = (_question: unknown, signal: AbortSignal) => inTime(new Promise<never>(() => {}), signal);
const nobody: Answers['find'] = async () => ({ lead: 'none', cleared: 0 });
const somebody: Answers['find'] = async () => ({ lead: 'held', cleared: 0 });
const ours: Answers['lead'] = async () => 'ours';

/** A world with these answers, and the times at which its provider was asked. */
function worldWith(answers: Pick<Answers, 'find' | 'lead'>) {
  const sentAt: number[] = [];
  const config = { ...labs({ lab: 'https://lab.example/v1' }), cache: { ...usualCache, mode: 'exact' as const } };
  const world = fakeWorld({
    config,
    answers: { keep: async () => true, renew: async () => {}, release: async () => {}, ...answers },
    send: async () => {
      sentAt.push(world.tick());
      return { status: 200, headers: {}, body: arriving([Buffer.from(JSON.stringify(wire))]) };
    },
  });
  return { world, sentAt };
}

/** Lets all that waits for no clock come to its end. */
const settled = () => new Promise((resolve) => void setImmediate(resolve));

/** The other environment that a call waits for goes away only once it is waited for. */
function awayAfter(first: Answers['find']): Answers['find'] {
  let looks = 0;
  return (question, signal) => (looks++ === 0 ? first : silent)(question, signal);
}

test.each<[string, Pick<Answers, 'find' | 'lead'>, number]>([
  ['to a look', { find: silent, lead: ours }, usualCache.lookMs],
  ['to a lead', { find: nobody, lead: (question, _leader, signal) => silent(question, signal) }, usualCache.lookMs],
  // A pause of 150 ms, of a call that would have waited for the other's answer.
  ['while another environment asks the same', { find: awayAfter(somebody), lead: ours }, 150 + LOOK_MS],
])('a cache that says nothing %s keeps a call no longer than a moment', async (_, answers, longestMs) => {
  const { world, sentAt } = worldWith(answers);
  const replying = serve(visitOf(ask), world);
  await settled();
  for (let ms = 0; sentAt.length === 0 && ms < 10_000; ms++) {
    world.pass(1);
    await settled();
  }
  expect(sentAt).toEqual([longestMs]);
  const reply = await replying;
  expect([reply.status, reply.headers['x-sluice-cache']]).toEqual([200, 'miss; reason=unavailable']);
  expect(world.written.counted).toEqual(['CacheUnavailable']);
});
