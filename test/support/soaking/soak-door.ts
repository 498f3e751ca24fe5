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
import { type Ground, layOut } from './site.ts';
import { configOver, groups, HOLD_SECONDS, tariffs } from './terms.ts';
import { IDLE_MS, openTraffic, type Traffic } from './traffic.ts';

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

/** What a gateway uses after so many calls, its database, and their folder. */
export type Look = Used & { readonly calls: number; readonly database: Used; readonly dataMegabytes: number };

/** As many callers as keep a gateway busy whose providers sometimes stop for seconds. */
const CROWD = 64;
/** What is asked, of what could be answered. */
const SHARE = 0.5;

type Tell = (line: string) => void;
type Scene = { readonly traffic: Traffic; readonly ground: Ground; readonly aSecond: number; readonly tell: Tell };

/** Makes the gateway of `npm start` work for long over providers, callers and a database that fail; gives the books of all who keep some. */
export async function soakDoor(plan: Plan, tell: Tell): Promise<Soaked> {
  const { folder, remove } = scratch();
  const providers = await openProviders(plan.seed, tariffs);
  const ground = await layOut(folder, configOver(providers.providers), plan.seed);
  try {
    const { members, scopes } = await enrolledAt(ground);
    const traffic = openTraffic(members, { providers, door: ground.door, seed: plan.seed });
    const capacity = await traffic.crowd(CROWD, plan.calibrateMs);
    const scene = { traffic, ground, aSecond: capacity * SHARE, tell };
    tell(`its capacity here is ${capacity.toFixed(0)} calls a second; from now on half of that is asked`);

    const looks = await stay(scene, plan);
    const kills = await restart(scene, plan);
    tell('no more calls; what is held of those whose gateway was killed expires now');
    const tables = await readingOf(ground.dataDir);
    await untilFree(tables, scopes);
    return { capacity, looks, books: await readBooks(tables, scopes, { traffic, providers, kills }) };
  } finally {
    await ground.leave();
    await providers.close();
    remove();
  }
}

/** One gateway for long, looked at whenever nothing is under way. */
async function stay({ traffic, ground, aSecond, tell }: Scene, { spells, spellMs }: Plan): Promise<readonly Look[]> {
  const looks: Look[] = [];
  while (looks.length < spells) {
    await traffic.steady(aSecond, spellMs);
    await pause(2 * IDLE_MS);
    const look = { calls: traffic.made.length, ...(await ground.used()) };
    looks.push(look);
    tell(`spell ${looks.length} of ${spells}: ${shown(look)}`);
  }
  return looks;
}

/**
 * One gateway after the other, killed and stopped in turn in the middle of calls; gives when one was killed. None of these
 * calls is of a member that nothing limits: what becomes of one that is killed nobody could say.
 */
async function restart({ traffic, ground, aSecond, tell }: Scene, plan: Plan): Promise<readonly number[]> {
  const kills: number[] = [];
  for (let count = 1; count <= plan.restarts; count++) {
    const asking = traffic.steady(aSecond, plan.restartMs, ({ unlimited }) => !unlimited);
    await pause(plan.restartMs / 2);
    const signal = count % 2 === 0 ? 'SIGTERM' : 'SIGKILL';
    if (signal === 'SIGKILL') kills.push(Date.now());
    await ground.restart(signal);
    await asking;
    tell(`restart ${count} of ${plan.restarts}, by ${signal}: ${traffic.made.length} calls`);
  }
  return kills;
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

const shown = ({ calls, database, dataMegabytes, ...gateway }: Look) =>
  `${calls} calls; ${inWords(gateway)}; its database ${inWords(database)}, ${dataMegabytes.toFixed(0)} MB of data`;

const inWords = ({ megabytes, liveMegabytes, files }: Used) =>
  `${liveMegabytes.toFixed(1)} MB live, ${megabytes.toFixed(0)} MB resident, ${files} open files`;
