import { DeleteItemCommand, type DynamoDB, paginateQuery } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { toItem } from '../item.ts';
import { latecomers } from './latecomers.ts';
import { type Standing, summaries } from './summaries.ts';
import type { Sums } from './sums.ts';
import { between, type Kind, summarySk, usagePk } from './usage-keys.ts';

/** Which of a tenant's users are to be in no sum. */
export type Means = (user: string) => boolean;

type Naming = { readonly kind: Kind; readonly start: number; readonly standing: Standing; readonly lot: string };

const KINDS = ['quarter', 'day'] as const;
const ALWAYS = { start: 0, end: Date.UTC(9999, 11, 31) };

/**
 * Takes users out of what was summed up. A call that nobody is named for is in no group of users and in every other sum,
 * so it is enough to leave the user's group away: that is what summing up the calls anew would come to, and it can be
 * done where their records are gone.
 */
export function unnaming(client: DynamoDB, TableName: string, now: () => number) {
  const { oneByOne, replace } = summaries(client, TableName);
  const { announce } = latecomers(client, TableName);
  const remove = async (tenant: string, sk: string) => {
    await client.send(new DeleteItemCommand({ TableName, Key: marshall({ pk: usagePk(tenant), sk }) }));
  };

  /** The summaries that name such a user, or may. */
  async function* naming(tenant: string, means: Means): AsyncIterable<Naming> {
    for (const kind of KINDS)
      for await (const [start, standing, lot] of oneByOne(tenant, kind, ALWAYS))
        if (standing === 'unfit' || [...standing.sums.by.user.keys()].some(means)) yield { kind, start, standing, lot };
  }

  /** Leaves them out of a summary; false where it is another by now. */
  async function left(tenant: string, { kind, start, standing, lot }: Naming, means: Means): Promise<boolean> {
    if (standing !== 'unfit') {
      const { sums, counted } = standing;
      return replace(tenant, kind, start, { sums: without(sums, means), counted, lot });
    }
    // What it says cannot be told. A quarter of which something is announced, and no more is known, is read call by call.
    if (kind === 'quarter') await announce({ tenant, madeAt: start }, now());
    await remove(tenant, summarySk(kind, start));
    return true;
  }

  /** Parts that are no summary's any more: what it said before. Whoever is just writing some finds them missing, and records are read instead. */
  async function tidy(tenant: string, kind: Kind): Promise<void> {
    const [from, to] = [summarySk(kind, ALWAYS.start), summarySk(kind, ALWAYS.end)];
    const query = { ...between(TableName, tenant, from, to), ProjectionExpression: 'sk, lot' };
    let its = ''; // the newest head's: it comes before its parts
    for await (const { Items = [] } of paginateQuery({ client }, query))
      for (const { sk, lot } of Items.map(toItem)) {
        const [, , part] = String(sk).split('#');
        if (part === undefined) its = `${sk}#${lot}#`;
        else if (!String(sk).startsWith(its)) await remove(tenant, String(sk));
      }
  }

  return {
    /** How many summaries name them, told one by one. */
    async *count(tenant: string, means: Means): AsyncIterable<number> {
      let found = 0;
      for await (const _ of naming(tenant, means)) yield ++found;
    },

    /** Leaves them out of all summaries, and tells one by one how many it changed. */
    async *unname(tenant: string, means: Means): AsyncIterable<number> {
      let changed = 0;
      for (let again = true; again; ) {
        again = false;
        for await (const each of naming(tenant, means)) {
          if (await left(tenant, each, means)) yield ++changed;
          else again = true; // somebody else has changed it meanwhile
        }
      }
      for (const kind of KINDS) await tidy(tenant, kind);
    },
  };
}

const without = (sums: Sums, means: Means): Sums => ({
  ...sums,
  by: { ...sums.by, user: new Map([...sums.by.user].filter(([user]) => !means(user))) },
});
