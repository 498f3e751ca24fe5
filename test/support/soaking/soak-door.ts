import { setTimeout as pause } from 'node:timers/promises';
import { accessAdmin } from '../../../lib/aws/access-admin.ts';
import { dynamodb } from '../../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../../lib/aws/tables.ts';
import { findDatabase } from '../../../lib/local/dynamodb/find.ts';
import { scratch } from '../gateway.ts';
import type { Used } from '../held.ts';
import { openProviders } from '../mixed/providers.ts';
import { enrolled } from '../mixed/tenants.ts';
import { readingOf } from '../tables.ts';
import { findings } from './findings.ts';
import { readBooks } from './read-books.ts';
import { layOut, type Site } from './site.ts';
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
  readonly calls: number;
  /** Of them, how many got an answer, and how many were cut when their gateway went. */
  readonly answered: number;
  readonly cut: number;
  readonly records: number;
  readonly abandoned: number;
  readonly nanoDollars: number;
  /** What the gateway used after each spell. */
  readonly looks: readonly (Used & { readonly calls: number })[];
  readonly findings: readonly string[];
};

const CROWD = 24;
/** What is asked, of what could be answered. */
const SHARE = 0.5;

/** Makes the gateway of `npm start` work for long over providers, callers and a database that fail, and compares the books of all who keep some. */
export async function soakDoor(plan: Plan, tell: (line: string) => void): Promise<Soaked> {
  const { folder, remove } = scratch();
  const providers = await openProviders(plan.seed, tariffs);
  const ground = await layOut(folder, configOver(providers.providers), plan.seed);
  let site: Site | undefined = await ground.start();
  const client = dynamodb({ endpoint: await findDatabase(ground.dataDir), tryMs: 10_000, tries: 3 });
  const { members, scopes } = await enrolled({ admin: accessAdmin(client, localTableNames) }, groups);
  client.destroy();
  const traffic = openTraffic(members, { providers, door: () => site?.url, seed: plan.seed });
  try {
    const capacity = await traffic.crowd(CROWD, plan.calibrateMs);
    const rate = capacity * SHARE;
    tell(`${capacity.toFixed(0)} calls a second are its capacity here; from now on ${rate.toFixed(0)}`);

    const looks: Soaked['looks'][number][] = [];
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
      if (signal === 'SIGKILL') kills.push(Date.now());
      site = undefined;
      await old.end(signal);
      site = await ground.start();
      await asking;
      tell(`restart ${restart} of ${plan.restarts}, by ${signal}: ${traffic.made.length} calls so far`);
    }

    tell('waiting until nothing is held any more');
    const tables = await readingOf(ground.dataDir);
    const live = async () => {
      const items = await Promise.all(scopes.map(async ({ id }) => (await tables.spent(id)).item));
      return items.some((item) => Number(item.live ?? 0) > 0);
    };
    for (const until = Date.now() + 2_000 * HOLD_SECONDS; Date.now() < until && (await live()); ) await pause(500);
    const books = await readBooks(tables, scopes, { traffic, providers, kills });
    return {
      capacity,
      calls: traffic.made.length,
      answered: traffic.made.filter(({ status }) => status === 200).length,
      cut: traffic.made.filter(({ cut }) => cut).length,
      records: books.entries.length,
      abandoned: books.abandoned.length,
      nanoDollars: [...books.entries, ...books.abandoned].reduce((total, each) => total + each.nanoDollars, 0),
      looks,
      findings: findings(books),
    };
  } finally {
    await site?.end('SIGKILL');
    await providers.close();
    remove();
  }
}

const shown = ({ calls, megabytes, liveMegabytes, files }: Soaked['looks'][number]) =>
  `${calls} calls, ${liveMegabytes.toFixed(1)} MB live, ${megabytes.toFixed(0)} MB resident, ${files} open files`;
