import { setTimeout as pause } from 'node:timers/promises';
import { accessAdmin } from '../../../lib/aws/access-admin.ts';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { findDatabase } from '../../../lib/local/dynamodb/find.ts';
import { scratch } from '../gateway.ts';
import type { Used } from '../held.ts';
import { openProviders } from '../mixed/providers.ts';
import { enrolled, type Scope } from '../mixed/tenants.ts';
import { type Reading, readingOf } from '../tables.ts';
import type { Known } from './known.ts';
import { readBooks } from './read-books.ts';
import { type Ground, layOut, type Site } from './site.ts';
import { configOver, groups, HOLD_SECONDS, tariffs } from './terms.ts';
import { openTraffic } from './traffic.ts';

/** How long each part of a soak takes. */
export type Plan = {
  readonly seed: number;
  readonly calibrateMs: number;
  /** One gateway for so many spells, after each of which it is looked at. */
  readonly spells: number;
  readonly spellMs: number;
  /** How often it is stopped or killed then, in turn, in the middle of calls. */
  readonly restarts: number;
  readonly restartMs: number;
};

export type Soaked = {
  /** Calls a second when as much was asked as could be answered. */
  readonly capacity: number;
  /** What the gateway used after each spell. */
  readonly looks: readonly Look[];
  readonly books: Known;
};

/** What a gateway uses after so many calls. */
export type Look = Used & { readonly calls: number };

const CROWD = 24;
/** What is asked, of what could be answered. */
const SHARE = 0.5;

/** Makes the gateway of `npm start` work for long over providers, callers and a database that fail; gives the books of all who keep some. */
export async function soakDoor(plan: Plan, tell: (line: string) => void): Promise<Soaked> {
  const { folder, remove } = scratch();
  const providers = await openProviders(plan.seed, tariffs);
  const ground = await layOut(folder, configOver(providers.providers), plan.seed);
  let site: Site | undefined = await ground.start();
  try {
    const { members, scopes } = await enrolledAt(ground);
    const traffic = openTraffic(members, { providers, door: () => site?.url, seed: plan.seed });
    const capacity = await traffic.crowd(CROWD, plan.calibrateMs);
    const rate = capacity * SHARE;
    tell(`its capacity here is ${capacity.toFixed(0)} calls a second; from now on ${rate.toFixed(0)} are made`);

    const looks: Look[] = [];
    for (let spell = 1; spell <= plan.spells; spell++) {
      await traffic.steady(rate, plan.spellMs);
      const look = { calls: traffic.made.length, ...(await site.used()) };
      looks.push(look);
      tell(`spell ${spell} of ${plan.spells}: ${shown(look)}`);
    }

    const kills: number[] = [];
    for (let restart = 1; restart <= plan.restarts; restart++) {
      const asking = traffic.steady(rate, plan.restartMs);
      await pause(plan.restartMs / 2);
      const signal = restart % 2 === 0 ? 'SIGTERM' : 'SIGKILL';
      const old: Site = site;
      site = undefined;
      if (signal === 'SIGKILL') kills.push(Date.now());
      await old.end(signal);
      site = await ground.start();
      await asking;
      tell(`restart ${restart} of ${plan.restarts}, by ${signal}: ${traffic.made.length} calls`);
    }

    tell('no more calls; what is held of those that were killed expires now');
    const tables = await readingOf(ground.dataDir);
    await untilFree(tables, scopes);
    return { capacity, looks, books: await readBooks(tables, scopes, { traffic, providers, kills }) };
  } finally {
    await site?.end('SIGKILL');
    await providers.close();
    remove();
  }
}

async function enrolledAt({ dataDir }: Ground) {
  const client = dynamodb({ endpoint: await findDatabase(dataDir), tryMs: 10_000, tries: 3 });
  const all = await enrolled({ admin: accessAdmin(client, localTableNames) }, groups);
  client.destroy();
  return all;
}

/** Waits until no counter holds anything, or should not any more. */
async function untilFree(tables: Reading, scopes: readonly Scope[]): Promise<void> {
  const free = async () => {
    const items = await Promise.all(scopes.map(async ({ id }) => (await tables.spent(id)).item));
    return items.every((item) => Number(item.live ?? 0) === 0);
  };
  for (const until = Date.now() + 2_000 * HOLD_SECONDS; Date.now() < until && !(await free()); ) await pause(500);
}

const shown = ({ calls, megabytes, liveMegabytes, files }: Look) =>
  `${calls} calls, ${liveMegabytes.toFixed(1)} MB live, ${megabytes.toFixed(0)} MB resident, ${files} open files`;
