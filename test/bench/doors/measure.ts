import { setTimeout as pause } from 'node:timers/promises';
import { median } from '../printed.ts';
import { asked, computedMs, type Question, type Taken } from './asking.ts';
import { type Peer, questionFor, type Scenario } from './scenarios.ts';

/** How often is measured. */
export type Effort = { readonly rounds: number; readonly slices: number; readonly sliceCalls: number };

/** What a peer took in a scenario. */
export type Measured = {
  readonly peer: Peer['name'];
  /** One call after the other, or the few of a round. */
  readonly taken: readonly Taken[];
  /** Many at a time. */
  readonly callsASecond: number;
  readonly cpuMs: number | undefined;
};

export const TOGETHER = 16;
/** By no multiple of a pace. */
const APART_MS = 33;
/** What is done after an answer belongs to it. */
const AFTERWARDS_MS = 200;

/** Asks all peers of a scenario in turn, each round beginning with another, so that all see the same machine. */
export async function measure(
  scenario: Scenario,
  peers: readonly Peer[],
  effort: Effort,
): Promise<readonly Measured[]> {
  const { slower = 1, atOnce = 1 } = scenario;
  const rounds = Math.ceil(effort.rounds / slower);
  const calls = Math.max(TOGETHER, Math.round(effort.sliceCalls / slower));
  const rows = peers.map((peer) => ({
    peer,
    question: questionFor(scenario, peer),
    taken: [] as Taken[],
    rates: [] as number[],
    cpuMs: [] as number[],
  }));
  for (const { question } of rows) await together(question, calls); // to warm up
  for (let round = 0; round < rounds; round++)
    for (const { question, taken } of turned(rows, round)) taken.push(...(await staggered(question, atOnce)));
  for (let slice = 0; slice < effort.slices; slice++)
    for (const { peer, question, rates, cpuMs } of turned(rows, slice)) {
      const before = peer.pid === undefined ? 0 : computedMs(peer.pid);
      const startedAt = performance.now();
      await together(question, calls);
      rates.push((1_000 * calls) / (performance.now() - startedAt));
      await pause(AFTERWARDS_MS);
      if (peer.pid !== undefined) cpuMs.push((computedMs(peer.pid) - before) / calls);
    }
  return rows.map(({ peer, taken, rates, cpuMs }) => ({
    peer: peer.name,
    taken,
    callsASecond: median(rates),
    cpuMs: peer.pid === undefined ? undefined : median(cpuMs),
  }));
}

const turned = <Row>(rows: readonly Row[], by: number): readonly Row[] => {
  const at = by % rows.length;
  return [...rows.slice(at), ...rows.slice(0, at)];
};

/** So many calls, each begun when those before are under way; paced alike, they would else speak at the same moments. */
const staggered = (question: Question, calls: number): Promise<readonly Taken[]> =>
  Promise.all(
    Array.from({ length: calls }, async (_, call) => {
      if (call > 0) await pause(call * APART_MS);
      return asked(question);
    }),
  );

async function together(question: Question, calls: number): Promise<void> {
  let left = calls;
  const caller = async () => {
    while (left-- > 0) await asked(question);
  };
  await Promise.all(Array.from({ length: TOGETHER }, caller));
}
