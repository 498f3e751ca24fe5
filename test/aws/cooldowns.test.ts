import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import type { Cooldowns, Ended, Turn } from '../../lib/cooldowns.ts';
import { type Process, processAt } from '../support/cooling.ts';
import { scratch } from '../support/gateway.ts';
import { nobody } from '../support/server.ts';
import { startTables, type Tables } from '../support/tables.ts';

const { folder, remove } = scratch();
let tables: Tables;
const started: Process[] = [];
beforeAll(async () => {
  tables = await startTables(`${folder}/data`, 'bare');
});
afterAll(async () => {
  for (const { client } of started) client.destroy();
  await tables?.stop();
  remove();
});

let now = Date.UTC(2026, 10, 26, 12);
const pass = (ms: number) => {
  now += ms;
};
let named = 0;
/** A target nobody else knows. */
const fresh = () => `lab/m${++named}`;
/** A process as its calls use it: what is said of a target next is said by the call whose turn it is, if one has it. */
type Calls = ReturnType<typeof callsOf>;
function callsOf(cooldowns: Cooldowns) {
  const turns = new Map<string, Turn>();
  const taken = (target: string): Turn | undefined => {
    const turn = turns.get(target);
    turns.delete(target);
    return turn;
  };
  return {
    ...cooldowns,
    admits: async (target: string): Promise<boolean> => {
      const admitted = await cooldowns.admits(target);
      if (typeof admitted === 'object') turns.set(target, admitted);
      return admitted !== 'resting';
    },
    note: (target: string, ended: Ended) => cooldowns.note(target, ended, taken(target)),
    /** What a call says that has no turn. */
    noteOther: (target: string, ended: Ended) => cooldowns.note(target, ended),
    release: (target: string) => {
      const turn = taken(target);
      if (turn !== undefined) cooldowns.release(target, turn);
    },
  };
}
const born = (endpoint = tables.endpoint): Calls => {
  const process = processAt(endpoint, () => now);
  started.push(process);
  return callsOf(process.cooldowns);
};
const several = (count: number) => Array.from({ length: count }, () => born());
const idle = (processes: readonly Calls[]) => Promise.all(processes.map((each) => each.idle()));
/** Lets each process look, as a call does, and waits until it has seen. */
async function looked(processes: readonly Calls[]) {
  for (const each of processes) each.resting('any/other');
  await idle(processes);
}
const failing = (process: Calls, target: string, times = 3) => {
  for (let time = 0; time < times; time++) process.note(target, { as: 'failed' });
};
const resting = (processes: readonly Calls[], target: string) => processes.map((each) => each.resting(target));
/** Which of the processes may call the target now; all ask at once. */
const admitted = (processes: readonly Calls[], target: string) =>
  Promise.all(processes.map((each) => each.admits(target)));

describe('a target that fails', () => {
  test('is left alone by the process that saw it, at once, after three failures and no sooner', async () => {
    const one = born();
    const target = fresh();
    failing(one, target, 2);
    expect([one.resting(target), await one.admits(target)]).toEqual([false, true]);
    failing(one, target, 1);
    expect([one.resting(target), await one.admits(target)]).toEqual([true, false]);
    pass(9_999);
    expect(one.resting(target)).toBe(true);
    pass(1);
    expect(one.resting(target)).toBe(false);
    await one.idle();
  });

  test('is left alone by all others within 5 s, and none of their calls waits for the news', async () => {
    const [one, two] = [born(), born()];
    const target = fresh();
    await looked([one, two]);
    failing(one, target);
    await one.idle();
    expect(two.resting(target)).toBe(false); // nobody has told it
    pass(5_000);
    const release = tables.hold(); // the database does not answer
    expect(two.resting(target)).toBe(false); // this one goes by what is known, and asks on the way
    expect(await two.admits(target)).toBe(true);
    await tables.asked();
    release();
    await two.idle();
    expect(two.resting(target)).toBe(true);
  });

  test('is left alone by a process that starts later, from its second call on', async () => {
    const one = born();
    const target = fresh();
    failing(one, target);
    await one.idle();
    const late = born();
    expect(late.resting(target)).toBe(false);
    await late.idle();
    expect(late.resting(target)).toBe(true);
  });

  test('because it is broken is left alone after the first failure', async () => {
    const [one, two] = [born(), born()];
    const target = fresh();
    one.note(target, { as: 'broken' });
    await one.idle();
    await looked([two]);
    expect(resting([one, two], target)).toEqual([true, true]);
    pass(10_000);
    expect(resting([one, two], target)).toEqual([false, false]);
  });

  test('because it keeps callers waiting is left alone at once, unless another was answered meanwhile', async () => {
    const one = born();
    const [hanging, slow] = [fresh(), fresh()];
    pass(30_000);
    one.note(slow, { as: 'answered' }); // and then the one whose prompt was long gave up on it
    one.note(slow, { as: 'silent', afterMs: 30_000 });
    one.note(hanging, { as: 'silent', afterMs: 30_000 });
    expect([one.resting(hanging), one.resting(slow)]).toEqual([true, false]);
    await one.idle();
  });

  test('is left alone however many names were made up before', async () => {
    const one = born();
    for (let made = 0; made < 600; made++) one.note(`lab/made-up-${made}`, { as: made < 300 ? 'failed' : 'silent' });
    const target = fresh();
    failing(one, target);
    expect(one.resting(target)).toBe(true);
    await one.idle();
  });

  test('is left alone for as long as it asks for, everywhere', async () => {
    const [one, two] = [born(), born()];
    const target = fresh();
    for (let time = 0; time < 3; time++) one.note(target, { as: 'failed', restMs: 40_000 });
    await one.idle();
    await looked([two]);
    pass(39_999);
    expect(resting([one, two], target)).toEqual([true, true]);
    pass(1);
    expect(resting([one, two], target)).toEqual([false, false]);
  });
});

describe('when the rest of a target is over', () => {
  /** So many processes that all know of a target whose rest ends now. */
  async function rested(count: number) {
    const target = fresh();
    const processes = several(count);
    failing(processes[0] ?? born(), target);
    await idle(processes);
    await looked(processes);
    pass(10_000);
    expect(resting(processes, target)).toEqual(Array(count).fill(false));
    return { target, processes };
  }

  test('a turn that came to no verdict is given back, and the next caller has it', async () => {
    const { target, processes } = await rested(2);
    const turns = await admitted(processes, target);
    const [mine, other] = turns[0] ? processes : processes.toReversed();
    mine?.release(target);
    await idle(processes);
    pass(5_000);
    await looked(processes);
    expect(await other?.admits(target)).toBe(true);
    other?.note(target, { as: 'answered' });
    other?.release(target); // after a verdict it gives nothing back
    await idle(processes);
    expect(await tables.item('cache', 'rest', target)).toBeUndefined();
  });

  test('exactly one of many processes tries it, however many of their calls would', async () => {
    const { target, processes } = await rested(6);
    const all = await admitted([...processes, ...processes, ...processes], target);
    expect(all.filter(Boolean)).toHaveLength(1);
    expect(resting(processes, target)).toEqual(Array(6).fill(true));
    pass(9_999);
    expect((await admitted(processes, target)).filter(Boolean)).toHaveLength(0);
    await idle(processes);
  });

  test('another tries where nothing was heard of the first for 10 s', async () => {
    const { target, processes } = await rested(4);
    expect((await admitted(processes, target)).filter(Boolean)).toHaveLength(1);
    pass(10_000);
    expect((await admitted(processes, target)).filter(Boolean)).toHaveLength(1);
  });

  test('its answer gives it back to all', async () => {
    const { target, processes } = await rested(3);
    const [first] = processes;
    if (first === undefined) throw new Error('There must be a process.');
    expect(await first.admits(target)).toBe(true);
    expect(await admitted(processes, target)).toEqual([false, false, false]);
    first.note(target, { as: 'answered' });
    expect(await first.admits(target)).toBe(true); // at once
    await idle(processes);
    pass(5_000);
    await looked(processes);
    expect(resting(processes, target)).toEqual([false, false, false]);
    expect(await admitted(processes, target)).toEqual([true, true, true]);
  });

  test('its failure makes the next rest longer, whoever tries, and never longer than 30 s', async () => {
    const target = fresh();
    const processes = several(3);
    const [first] = processes;
    if (first === undefined) throw new Error('There must be a process.');
    failing(first, target);
    const lengths: number[] = [];
    for (let round = 0; round < 5; round++) {
      await idle(processes);
      pass(5_000);
      await looked(processes);
      let seconds = 5;
      for (; resting(processes, target).some(Boolean); seconds++) pass(1_000);
      lengths.push(seconds);
      const turns = await admitted(processes, target);
      expect(turns.filter(Boolean)).toHaveLength(1);
      processes[turns.indexOf(true)]?.note(target, { as: 'failed' });
    }
    expect(lengths).toEqual([10, 20, 30, 30, 30]);
    await idle(processes);
  });

  test('those who may not try it and call it all the same, because nobody else is left, do not make its rest longer', async () => {
    const { target, processes } = await rested(4);
    const turns = await admitted(processes, target);
    const trial = await tables.item('cache', 'rest', target);
    expect(trial).toMatchObject({ level: 1, until: now + 10_000 });
    pass(5_000);
    // All the others call it, as the last there is, and fail.
    processes.forEach((each, at) => {
      if (!turns[at]) each.note(target, { as: 'failed' });
    });
    await idle(processes);
    expect(await tables.item('cache', 'rest', target)).toEqual(trial);
    processes[turns.indexOf(true)]?.note(target, { as: 'failed' });
    await idle(processes);
    expect(await tables.item('cache', 'rest', target)).toMatchObject({ level: 2, until: now + 20_000 });
  });

  test('no other answer than that of the one who tries it ends its rest or its trial, for many calls are under way', async () => {
    const { target, processes } = await rested(2);
    const turns = await admitted(processes, target);
    const [mine, other] = turns[0] ? processes : processes.toReversed();
    other?.note(target, { as: 'answered' });
    await idle(processes);
    expect(resting(processes, target)).toEqual([true, true]);
    mine?.noteOther(target, { as: 'failed' }); // what began before
    mine?.note(target, { as: 'failed' });
    for (const each of processes) each.noteOther(target, { as: 'answered' }); // likewise
    await idle(processes);
    pass(19_999);
    await looked(processes);
    expect(resting(processes, target)).toEqual([true, true]);
    pass(1);
    expect((await admitted(processes, target)).filter(Boolean)).toHaveLength(1);
  });

  test('it is tried, whatever calls say that began before, for its rest says more than they know', async () => {
    const { target, processes } = await rested(2);
    for (const as of ['answered', 'failed'] as const) processes[1]?.noteOther(target, { as });
    await idle(processes);
    expect((await admitted(processes, target)).filter(Boolean)).toHaveLength(1);
    expect(await tables.item('cache', 'rest', target)).toMatchObject({ level: 1 });
  });

  test('an answer to a turn that is long over takes no other rest away', async () => {
    const { target, processes } = await rested(2);
    const turns = await admitted(processes, target);
    const [slow, next] = turns[0] ? processes : processes.toReversed();
    pass(10_000);
    await looked(processes);
    expect(await next?.admits(target)).toBe(true);
    next?.note(target, { as: 'failed' });
    await idle(processes);
    slow?.note(target, { as: 'answered' });
    await idle(processes);
    expect(await tables.item('cache', 'rest', target)).toMatchObject({ level: 2, until: now + 20_000 });
  });
});

describe('a store that is away', () => {
  test('leaves each process to what it sees itself, and no call hangs', async () => {
    const away = await nobody();
    const processes = [0, 1].map(() => processAt(away, () => now, dynamodb({ endpoint: away, tryMs: 200, tries: 1 })));
    started.push(...processes);
    const [one, two] = processes.map(({ cooldowns }) => callsOf(cooldowns));
    if (one === undefined || two === undefined) throw new Error('There must be two processes.');
    const target = fresh();
    failing(one, target);
    await idle([one, two]);
    expect(resting([one, two], target)).toEqual([true, false]);
    pass(10_000);
    // It tries by itself; of its own calls one.
    expect(await admitted([one, one, two], target)).toEqual([true, false, true]);
    one.note(target, { as: 'failed' });
    pass(19_999);
    expect(resting([one, two], target)).toEqual([true, false]);
    pass(1);
    expect(await one.admits(target)).toBe(true);
    one.note(target, { as: 'answered' });
    expect(one.resting(target)).toBe(false);
    await idle([one, two]);
    expect(processes[0]?.lines).toContain('Cooldowns cannot be shared.');
  });

  test('and keeps silent holds up nobody but the one who tries, and him for no more than a moment', async () => {
    const one = born();
    const target = fresh();
    failing(one, target);
    await one.idle();
    pass(10_000);
    const release = tables.hold();
    const startedAt = performance.now();
    expect(await admitted([one, one, one], target)).toEqual([true, false, false]);
    expect(performance.now() - startedAt).toBeLessThan(2_000); // half a second, and what the machine is slow
    one.note(target, { as: 'answered' });
    expect(one.resting(target)).toBe(false);
    release();
    await one.idle();
  });

  test('and comes back is told of what happens then', async () => {
    const [one, two] = [born(), born()];
    const target = fresh();
    await looked([one, two]);
    const release = tables.hold();
    failing(one, target);
    expect(one.resting(target)).toBe(true); // whatever becomes of the news
    release();
    await one.idle();
    pass(5_000);
    await looked([one, two]);
    expect(resting([one, two], target)).toEqual([true, true]);
  });
});
