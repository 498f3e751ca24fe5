import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import type { CaptureAdmin } from '../../captures.ts';
import type { Note } from '../audit-notes.ts';
import type { TableNames } from '../tables.ts';
import type { Place } from '../vectors-client.ts';
import { cachePart } from './cache-part.ts';
import { callsPart } from './calls-part.ts';
import { capturesPart } from './captures-part.ts';
import { type Elsewhere, elsewhere, type Leads, leadsOf, type Whereabouts } from './elsewhere.ts';
import { markKinds } from './mark-kinds.ts';
import { type Counts, type Part, some, type Theirs, things } from './part.ts';
import { sumsPart } from './sums-part.ts';
import { userCalls } from './user-calls.ts';
import { vectorsPart } from './vectors-part.ts';
import { subjectOf, type Whose } from './whose.ts';

/** How tenants and users are forgotten. */
export type Forgetting = ReturnType<typeof forgetting>;

export type Means = {
  readonly client: DynamoDB;
  readonly names: TableNames;
  readonly vectors: () => Promise<Whereabouts<Place>>;
  /** Prompts and answers that were kept. */
  readonly captures: Whereabouts<CaptureAdmin>;
  readonly note: (taken: Note) => Promise<void>;
  readonly now: () => number;
};

/** Of how many calls something is where nobody knows; empty where all can be reached. */
export type Unreached = Partial<Leads>;

/** What there is, or was. */
export type Found = { readonly counts: Counts; readonly unreached: Unreached };

/** What came of it: nothing goes as long as records lead to what cannot be reached, for they are all that does. */
export type Forgotten =
  | ({ readonly forgotten: true } & Found)
  | { readonly forgotten: false; readonly unreached: Unreached };

/** Hears how far it is. */
type Tell = (text: string) => void;

type Places = { readonly captures: Means['captures']; readonly vectors: Whereabouts<Place> };

export function forgetting({ client, names, captures, note, now, ...means }: Means) {
  const places = async (): Promise<Places> => ({ captures, vectors: await means.vectors() });

  /** In this order: what calls left elsewhere is found by their records. */
  const partsAt = ({ captures, vectors }: Places): readonly Part[] => [
    ...(captures.state === 'place' ? [capturesPart(captures.place, markKinds(client, names))] : []),
    cachePart(client, names, now),
    ...(vectors.state === 'place' ? [vectorsPart(vectors.place)] : []),
    callsPart(client, names, now),
    sumsPart(client, names, now),
  ];

  const theirs = async ({ tenant, user }: Whose, tell: Tell): Promise<Theirs> => {
    if (user === undefined) return { by: 'tenant', tenant };
    const calls = await userCalls(client, names, { tenant, user }, (read) => tell(`${read} call records read…`));
    return { by: 'user', tenant, user, calls };
  };

  const unreachedOf = async (found: Theirs, where: Places): Promise<Unreached> => {
    const unknown = elsewhere.filter((each) => where[each].state === 'unknown');
    if (unknown.length === 0) return {};
    const leads = found.by === 'user' ? found.calls.leads : await leadsOf(client, names, found.tenant);
    return Object.fromEntries(unknown.filter((each) => leads[each] > 0).map((each) => [each, leads[each]]));
  };

  return {
    /** Whether anything is kept of a tenant. */
    async keeps(tenant: string): Promise<boolean> {
      for (const { count } of partsAt(await places()))
        for await (const counts of count({ by: 'tenant', tenant })) if (some(counts)) return true;
      return false;
    },

    /** How much there is of them, and changes nothing. */
    async count(whose: Whose, tell: Tell): Promise<Found> {
      const where = await places();
      const found = await theirs(whose, tell);
      let counts: Counts = {};
      for (const { count } of partsAt(where))
        counts = await summed(count(found), counts, (text) => tell(`Found: ${text}…`));
      return { counts, unreached: await unreachedOf(found, where) };
    },

    /**
     * Forgets them, once that is noted for the audit log; tells what was forgotten. Whatever keeps it from its end, it can
     * be done again. What cannot be reached, and is not said to be gone, keeps it from beginning.
     */
    async forget(whose: Whose, tell: Tell, gone: readonly Elsewhere[] = []): Promise<Forgotten> {
      const subject = subjectOf(whose);
      const where = await places();
      const found = await theirs(whose, tell);
      const unreached = await unreachedOf(found, where);
      if (elsewhere.some((each) => unreached[each] !== undefined && !gone.includes(each)))
        return { forgotten: false, unreached };
      await note({ action: 'forget.begin', subject, outcome: {} });
      let counts: Counts = {};
      for (const { forget } of partsAt(where))
        counts = await summed(forget(found), counts, (text) => tell(`Forgotten: ${text}…`));
      await note({ action: 'forget.end', subject, outcome: outcomeOf({ counts, unreached }) });
      return { forgotten: true, counts, unreached };
    },
  };
}

/** What was counted before, with what is told last. */
async function summed(told: AsyncIterable<Counts>, before: Counts, tell: Tell): Promise<Counts> {
  let counts = before;
  for await (const each of told) {
    counts = { ...before, ...each };
    tell(
      things
        .filter((thing) => counts[thing] !== undefined)
        .map((thing) => `${counts[thing]} ${thing}`)
        .join(', '),
    );
  }
  return counts;
}

/** What the audit log has of it. */
function outcomeOf({ counts, unreached }: Found): Note['outcome'] {
  const lost = elsewhere.filter((each) => unreached[each] !== undefined);
  return {
    ...Object.fromEntries(Object.entries(counts).map(([thing, count]) => [thing, String(count)])),
    ...(lost.length > 0 && { unreached: lost.map((each) => `${each} of ${unreached[each]} calls`).join(', ') }),
  };
}
