import type { Cacheable } from '../../lib/pipeline/cache/cacheable.ts';
import type { CachedCaching } from '../../lib/pipeline/cache/caching.ts';
import { accompanied } from '../../lib/pipeline/cache/company.ts';
import { parseChat } from '../../lib/pipeline/parse.ts';
import { patient } from '../../lib/pipeline/patience.ts';
import { openTally } from '../../lib/pipeline/tally.ts';
import { cachingConfig } from './cachings.ts';
import { hold } from './labs.ts';
import { caller, type FakeWorld, messages, visitOf } from './world.ts';

/** What a call in a world has at hand, and the way to its end. */
export function cacheableOf(
  world: FakeWorld,
  caching: CachedCaching,
  { id = world.newId(), patienceMs = 60_000 }: { readonly id?: string; readonly patienceMs?: number } = {},
) {
  const works: (() => Promise<void>)[] = [];
  const later = (work: () => Promise<void>) => void works.push(work);
  const body = { model: 'lab/m', messages };
  const visit = visitOf(body, { id, startedAt: world.now(), startedTick: world.tick() });
  const company = accompanied(visit);
  const patience = patient(company.signal, { byCaller: patienceMs }, cachingConfig({}), world, later);
  const ask = parseChat(visit);
  const tally = openTally({ visit, caller, ask, endpoint: '/v1/chat/completions', caching, tick: world.tick });
  const cacheable: Cacheable = { company, patience, tally, hold, limit: undefined, world, later };
  return { ...cacheable, afterwards: async () => void (await Promise.all(works.map((work) => work()))) };
}

/** Lets all happen that can happen before the clock moves. */
export async function settling(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await null;
}

/** Moves a world's clock on, a little at a time, so that each thing happens at its time. */
export async function passing(world: FakeWorld, ms: number): Promise<void> {
  await settling();
  for (let passed = 0; passed < ms; passed += 50) {
    world.pass(Math.min(50, ms - passed));
    await settling();
  }
}
