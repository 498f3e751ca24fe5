import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { dynamoRepeats } from '../../lib/aws/repeats.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import type { Claim, KeptAnswer, Repeats } from '../../lib/repeats.ts';
import { failureOf } from '../support/bytes.ts';
import { chance } from '../support/chance.ts';
import { scratch } from '../support/gateway.ts';
import { losingAnswers } from '../support/lost-answers.ts';
import { nobody } from '../support/server.ts';
import { startTables, type Tables } from '../support/tables.ts';
import { type Fault, unreliable } from '../support/unreliable.ts';

const { folder, remove } = scratch();
let tables: Tables;
let client: DynamoDB;
beforeAll(async () => {
  tables = await startTables(`${folder}/data`, 'bare');
  client = connected();
});
afterAll(async () => {
  client?.destroy();
  await tables?.stop();
  remove();
});

const LEASE_MS = 30_000;
const DAY_MS = 24 * 3_600_000;
const NOON = Date.UTC(2026, 10, 23, 12);

const connected = (tries = 3) => dynamodb({ endpoint: tables.endpoint, tryMs: 2_500, tries });

const soon = (_: number, ring: () => void) => {
  const turn = setImmediate(ring);
  return () => clearImmediate(turn);
};

type Odd = { readonly through?: DynamoDB; readonly partBytes?: number; readonly timeoutMs?: number };

function repeatsAt(now: () => number, { through = client, timeoutMs = 5_000, ...odd }: Odd = {}): Repeats {
  const persistence = { timer: soon, now, forMs: 10_000 };
  const table = localTableNames.cache;
  return dynamoRepeats({ brisk: through, patient: through, timeoutMs, persistence, table, ...odd });
}

let names = 0;
const claimOf = (owner: string, more: Partial<Claim> = {}): Claim => ({
  tenant: 'acme',
  keyId: 'key_1',
  name: `name ${names}`,
  request: 'asked',
  owner,
  ...more,
});
const fresh = (owner: string) => {
  names++;
  return claimOf(owner);
};
const answerOf = (body: string): KeptAnswer => ({ status: 200, headers: { 'content-type': 'text/plain' }, body });

describe('a claim', () => {
  test('is its first asker’s, until that gives it up', async () => {
    const repeats = repeatsAt(() => NOON);
    const [one, other] = [fresh('a'), claimOf('b')];
    expect(await repeats.claim(one, LEASE_MS)).toEqual({ state: 'mine' });
    expect(await repeats.claim(other, LEASE_MS)).toEqual({ state: 'running' });
    await repeats.release(other); // it is not theirs to give up
    expect(await repeats.claim(other, LEASE_MS)).toEqual({ state: 'running' });
    await repeats.release(one);
    expect(await repeats.claim(other, LEASE_MS)).toEqual({ state: 'mine' });
  });

  test('lapses when it is not renewed, and no earlier', async () => {
    let now = NOON;
    const repeats = repeatsAt(() => now);
    const [one, other] = [fresh('a'), claimOf('b')];
    await repeats.claim(one, LEASE_MS);
    now += 20_000;
    await repeats.renew(one, LEASE_MS);
    now += LEASE_MS - 1;
    expect(await repeats.claim(other, LEASE_MS)).toEqual({ state: 'running' });
    now += 1;
    expect(await repeats.claim(other, LEASE_MS)).toEqual({ state: 'mine' });
    now += 1_000;
    await repeats.renew(one, LEASE_MS); // too late: of no effect
    now += LEASE_MS - 1_000;
    expect(await repeats.claim(claimOf('c'), LEASE_MS)).toEqual({ state: 'mine' });
  });

  test('that lapsed is nobody’s who asks for something else', async () => {
    let now = NOON;
    const repeats = repeatsAt(() => now);
    await repeats.claim(fresh('a'), LEASE_MS);
    now += LEASE_MS;
    expect(await repeats.claim(claimOf('b', { request: 'else' }), LEASE_MS)).toEqual({ state: 'other' });
  });

  test('is seen to be one’s own when the answer to it was lost', async () => {
    const through = connected();
    const lost = losingAnswers(through, 1);
    expect(await repeatsAt(() => NOON, { through }).claim(fresh('a'), LEASE_MS)).toEqual({ state: 'mine' });
    expect(lost()).toBe(1);
    through.destroy();
  });

  test.each([
    ['nobody answers', () => nobody().then((endpoint) => dynamodb({ endpoint, tryMs: 500, tries: 2 }))],
    ['the answer does not come in time', async () => connected()],
  ])('is not had when %s, and that is said within the time there is', async (_, connect) => {
    const through = await connect();
    const release = tables.hold();
    const startedAt = performance.now();
    const error = await failureOf(repeatsAt(() => NOON, { through, timeoutMs: 300 }).claim(fresh('a'), LEASE_MS));
    release();
    expect(error).toMatchObject({ code: 'gateway_unavailable', status: 503 });
    expect(performance.now() - startedAt).toBeLessThan(1_500);
    through.destroy();
  });
});

describe('an answer', () => {
  test.each([
    ['of nothing', '', 1],
    ['of a word in any script', 'Grüße, 世界 😀', 1],
    ['of many words', 'word '.repeat(200_000), 1],
    ['that no item could hold', noise(2_000_000), 4],
  ])('%s is given again as it was, to who asks the same within a day', async (_, body, count) => {
    let now = NOON;
    const repeats = repeatsAt(() => now);
    const one = fresh('a');
    await repeats.claim(one, LEASE_MS);
    await repeats.keep(one, answerOf(body));
    now += DAY_MS - 1_000;
    const other = claimOf('b');
    expect(await repeats.claim(other, LEASE_MS)).toEqual({ state: 'done', owner: 'a', answer: answerOf(body) });
    expect(await repeats.claim(claimOf('c', { request: 'else' }), LEASE_MS)).toEqual({ state: 'other' });
    const place = `idem#acme#key_1#${one.name}`;
    expect(await tables.item('cache', place, `part#a#${String(count - 1).padStart(3, '0')}`)).toBeDefined();
    expect(await tables.item('cache', place, `part#a#${String(count).padStart(3, '0')}`)).toBeUndefined();
    expect((await tables.item('cache', place, 'head'))?.ttl).toBe((NOON + DAY_MS) / 1000);
    now += 1_000;
    expect(await repeats.claim(claimOf('d', { request: 'else' }), LEASE_MS)).toEqual({ state: 'mine' });
  });

  test('of an owner that lost its claim is not kept', async () => {
    let now = NOON;
    const repeats = repeatsAt(() => now);
    const [one, other] = [fresh('a'), claimOf('b')];
    await repeats.claim(one, LEASE_MS);
    now += LEASE_MS;
    await repeats.claim(other, LEASE_MS);
    await repeats.keep(one, answerOf('late'));
    expect(await repeats.claim(claimOf('c'), LEASE_MS)).toEqual({ state: 'running' });
    await repeats.keep(other, answerOf('right'));
    await repeats.keep(one, answerOf('later still'));
    expect(await repeats.claim(one, LEASE_MS)).toMatchObject({ state: 'done', owner: 'b', answer: { body: 'right' } });
  });

  test('is kept although its writing was interrupted', async () => {
    const through = connected(1);
    const repeats = repeatsAt(() => NOON, { through });
    const one = fresh('a');
    await repeats.claim(one, LEASE_MS);
    const lost = losingAnswers(through, 3);
    await repeats.keep(one, answerOf('Hi'));
    expect(lost()).toBe(3);
    expect(await repeats.claim(claimOf('b'), LEASE_MS)).toMatchObject({ state: 'done', answer: { body: 'Hi' } });
    through.destroy();
  });

  test('of which a part is missing is not given, and its call is not made again unseen', async () => {
    const repeats = repeatsAt(() => NOON);
    const one = fresh('a');
    await repeats.claim(one, LEASE_MS);
    await repeats.keep(one, answerOf('Hi'));
    const place = `idem#acme#key_1#${one.name}`;
    const head = await tables.item('cache', place, 'head');
    await tables.put('cache', { ...head, parts: 2 });
    expect(await failureOf(repeats.claim(claimOf('b'), LEASE_MS))).toMatchObject({ code: 'gateway_unavailable' });
  });
});

/** One step in the life of a process that wants a call made. */
type Life = {
  readonly request: string;
  /** What it does once it has the claim. */
  readonly fate: 'keeps' | 'releases' | 'dies' | 'sleeps';
  readonly renewals: number;
  readonly repeats: number;
};

const story = fc.record({
  lives: fc.array(
    fc.record({
      request: fc.integer({ min: 0, max: 9 }).map((roll) => (roll === 0 ? 'else' : 'asked')),
      fate: fc.constantFrom('keeps', 'keeps', 'releases', 'dies', 'sleeps', 'sleeps'),
      renewals: fc.nat({ max: 2 }),
      repeats: fc.integer({ min: 2, max: 9 }),
    } satisfies { [part in keyof Life]: fc.Arbitrary<Life[part]> }),
    { minLength: 4, maxLength: 12 },
  ),
  faults: fc.double({ min: 0, max: 0.2, noNaN: true }),
  seed: fc.integer(),
});

describe('whatever is asked at once, fails or dies', () => {
  const seen = { mine: 0, running: 0, other: 0, done: 0, failed: 0, faults: 0 };

  test('a claim has one owner at a time, and an answer is all of one owner’s', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ lives, faults, seed }) => {
        const dice = chance(seed);
        names++;
        let now = NOON;
        /** Who has the claim as far as they know, from when and until when. */
        const owners = new Map<string, { readonly from: number; readonly until: number }>();
        /** What those who kept an answer said, and what was asked of them. */
        const said = new Map<string, { readonly body: string; readonly request: string }>();
        let kept: string | undefined;
        const live = async ({ request, fate, renewals, repeats }: Life, index: number) => {
          const through = connected(1);
          const kinds: readonly Fault[] = ['lost', 'never sent', 'late', 'throttled'];
          const line = unreliable(through, () => ({
            fault: dice() < faults ? (kinds[Math.floor(dice() * kinds.length)] ?? 'none') : 'none',
            after: Math.floor(dice() * 8),
          }));
          const house = repeatsAt(() => now, { through, partBytes: 60 });
          let requests = 0;
          let owner = '';
          const rest = async () => {
            now += Math.floor(dice() * 4_000);
            await new Promise((resolve) => setImmediate(resolve));
          };
          const end = async () => {
            for (const kind of kinds) seen.faults += line.faults[kind];
            await line.arrived();
            through.destroy();
          };
          for (let turn = 0; turn < repeats; ) {
            await rest();
            if (owner === '') owner = `request ${++requests} of ${index}`;
            const claim = claimOf(owner, { request });
            const askedAt = now;
            const claimed = await house.claim(claim, LEASE_MS).catch(() => undefined);
            seen[claimed?.state ?? 'failed']++;
            if (claimed?.state === 'running') continue; // it waits for as long as another may be at it
            turn++;
            if (claimed === undefined) {
              owner = ''; // that request has failed; its client makes another
              await house.release(claim).catch(() => {});
              continue;
            }
            if (claimed.state === 'done') {
              const told = said.get(claimed.owner);
              expect(told?.request).toBe(request);
              expect(claimed.answer.body).toBe(told?.body);
              expect(kept ?? claimed.owner).toBe(claimed.owner); // once there is an answer, there is no other
              kept = claimed.owner;
              break;
            }
            if (claimed.state !== 'mine') continue;
            if (askedAt + LEASE_MS > now) expect(kept).toBeUndefined();
            for (const { from, until } of owners.values())
              expect(until <= askedAt || askedAt + LEASE_MS <= from).toBe(true);
            owners.set(owner, { from: askedAt, until: askedAt + LEASE_MS });
            for (let times = 0; times < renewals; times++) {
              await rest();
              const renewedAt = now;
              const renewed = await house.renew(claim, LEASE_MS).then(
                () => true,
                () => false,
              );
              const term = owners.get(owner);
              // Where it had lapsed by now it may be another's, and the renewal of no effect.
              if (renewed && term !== undefined && term.until > now)
                owners.set(owner, { ...term, until: Math.max(term.until, renewedAt + LEASE_MS) });
            }
            if (fate === 'sleeps') now += LEASE_MS * dice() * 2;
            if (fate === 'dies') {
              line.crash();
              break;
            }
            if (fate === 'releases') {
              owners.delete(owner);
              owner = '';
              await house.release(claim).catch(() => {});
              continue;
            }
            await rest();
            said.set(owner, { body: noise(100 + Math.floor(dice() * 200)), request });
            owners.delete(owner); // from here on an answer may be there at any time
            await house.keep(claim, answerOf(said.get(owner)?.body ?? '')).catch(() => {});
            break;
          }
          await end();
        };
        await Promise.all(lives.map(live));
        now += LEASE_MS + 1;
        const last = await repeatsAt(() => now).claim(claimOf('the last', { request: 'asked' }), LEASE_MS);
        if (kept !== undefined && said.get(kept)?.request === 'asked') expect(last).toMatchObject({ owner: kept });
        expect(last.state).not.toBe('running'); // nobody stands in the way for longer than a lease
      }),
      { numRuns: 100, endOnFailure: true },
    );
    for (const state of ['mine', 'running', 'other', 'done', 'failed', 'faults'] as const)
      expect([state, seen[state] >= 20]).toEqual([state, true]);
  }, 120_000);
});

/** Text that no compression makes shorter, of so many characters; no two are the same. */
function noise(length: number): string {
  let text = '';
  while (text.length < length) text += Math.random().toString(36).slice(2);
  return text.slice(0, length);
}
