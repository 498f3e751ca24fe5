import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { CaptureAdmin } from '../../captures.ts';
import type { Note } from '../audit-notes.ts';
import type { TableNames } from '../tables.ts';
import type { Place } from '../vectors-client.ts';
import { cachePart } from './cache-part.ts';
import { callsPart } from './calls-part.ts';
import { capturesPart } from './captures-part.ts';
import type { Counts, Part, Theirs } from './part.ts';
import { sumsPart } from './sums-part.ts';
import { userCalls } from './user-calls.ts';
import { vectorsPart } from './vectors-part.ts';
import { subjectOf, type Whose } from './whose.ts';

/** How tenants and users are forgotten. */
export type Forgetting = ReturnType<typeof forgetting>;

export type Means = {
  readonly client: DynamoDBClient;
  readonly names: TableNames;
  /** Where vectors are; undefined where no place for them is set up. */
  readonly vectors: () => Promise<Place | undefined>;
  /** Prompts and answers that were kept; undefined where none are. */
  readonly captures: CaptureAdmin | undefined;
  readonly note: (taken: Note) => Promise<void>;
  readonly now: () => number;
};

/** Hears how far it is. */
type Tell = (text: string) => void;

export function forgetting({ client, names, vectors, captures, note, now }: Means) {
  /** In this order: what calls left elsewhere is found by their records. */
  const parts = async (): Promise<readonly Part[]> => {
    const place = await vectors();
    return [
      ...(captures === undefined ? [] : [capturesPart(captures)]),
      cachePart(client, names, now),
      ...(place === undefined ? [] : [vectorsPart(place)]),
      callsPart(client, names, now),
      sumsPart(client, names, now),
    ];
  };

  const theirs = async ({ tenant, user }: Whose, tell: Tell): Promise<Theirs> => {
    if (user === undefined) return { by: 'tenant', tenant };
    const calls = await userCalls(client, names, { tenant, user }, (read) => tell(`${read} call records read…`));
    return { by: 'user', tenant, user, calls };
  };

  return {
    /** How much there is of them, and changes nothing. */
    async count(whose: Whose, tell: Tell): Promise<Counts> {
      const found = await theirs(whose, tell);
      let counts: Counts = {};
      for (const { count } of await parts())
        if (count !== undefined) counts = await summed(count(found), counts, (text) => tell(`Found: ${text}…`));
      return counts;
    },

    /** Forgets them, once that is noted for the audit log; tells what was forgotten. Whatever keeps it from its end, it can be done again. */
    async forget(whose: Whose, tell: Tell): Promise<Counts> {
      const subject = subjectOf(whose);
      const all = await parts();
      await note({ action: 'forget.begin', subject, outcome: {} });
      const found = await theirs(whose, tell);
      let counts: Counts = {};
      for (const { forget } of all) counts = await summed(forget(found), counts, (text) => tell(`Forgotten: ${text}…`));
      const outcome = Object.fromEntries(Object.entries(counts).map(([kind, count]) => [kind, String(count)]));
      await note({ action: 'forget.end', subject, outcome });
      return counts;
    },
  };
}

/** What was counted before, with what is told last. */
async function summed(told: AsyncIterable<Counts>, before: Counts, tell: Tell): Promise<Counts> {
  let counts = before;
  for await (const each of told) {
    counts = { ...before, ...each };
    tell(
      Object.entries(counts)
        .map(([kind, count]) => `${count} ${kind}`)
        .join(', '),
    );
  }
  return counts;
}
