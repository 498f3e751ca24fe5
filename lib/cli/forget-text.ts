import { type Elsewhere, elsewhere } from '../aws/forget/elsewhere.ts';
import type { Unreached } from '../aws/forget/forgetting.ts';
import { type Counts, type Thing, things } from '../aws/forget/part.ts';

/** What is left, whoever is forgotten. */
export const notCovered = `Not covered: calls under way, and what such calls leave (run it again in a quarter of an hour: it finds what came since, also
in the index of vectors, which shows for up to a minute what is gone, and not yet what is new); what providers keep; logs and
traces in CloudWatch, X-Ray or a collector, until their retention is over; backups of the tables, for point-in-time recovery up to 35
days; budget counters, or a forgotten user would have a new budget: they name one for 62 days after the last call, and for ever
where userDefaults have a budget total; the audit log. The files of a local gateway may hold what was deleted until its next
start, or longer.`;

export const forgetHelp = `Usage: sluice forget --tenant NAME [--user USER] --reason TEXT [--yes] [--gone WHAT]

  Deletes what is kept of a tenant, or of one of its users, for good. Without --yes it says how much that is, changes
  nothing, and its exit code is 1. If it breaks off, run it again: it goes on, and can be done as often as you like.

  --tenant alone   its prompts and answers that were kept, its answers in the cache and for idempotency-keys, its vectors,
                   its call records, and the sums of usage.
                   The tenant, its keys and its configuration stay: sluice tenants remove takes those away, so do that
                   first, or revoke its keys, for what it calls meanwhile is kept again.
  --user           the same of what this user's calls made; but call records stay, for they are the book of what was paid.
                   They lose the user, metadata, prompt, trace and whatever leads to content, and say when (forgotten).
                   Sums of usage stay the same and lose the user's line. USER is the name as callers give it, and is
                   found, too, where redaction left a mark of it, as [EMAIL-5d41402abc4b]; such a mark can be given as well.

  Before anything goes, and at the end, it is noted in the audit log, which is never changed: with your --reason, and for
  a user with a mark instead of the name, so do not name the person in the reason either. The mark is printed.
  Of a user of whom nothing is found that is said, and the exit code is 0: it may be the second time. A tenant that nobody
  knows, and that left nothing, is an error.

  --gone           captures or vectors, or each in turn: what records lead to is gone for good. Without it nothing is
                   forgotten where a stack does not tell where that is, for it was deployed without it: exit code 1.

  It works with your own rights. Captures on AWS need s3:ListBucketVersions, s3:DeleteObject and s3:DeleteObjectVersion, and
  vectors a data access policy of their collection that names you.

${notCovered.replace(/^/gm, '  ')}

  sluice forget --tenant acme --user ann@example.org --reason "request 4711"
  sluice forget --tenant acme --user ann@example.org --reason "request 4711" --yes
  sluice forget --tenant acme --reason "contract ended" --yes --json`;

const words: Readonly<Record<Thing, readonly [one: string, many: string]>> = {
  captures: ['kept prompt', 'kept prompts'],
  calls: ['call record', 'call records'],
  answers: ['answer in the cache', 'answers in the cache'],
  repeats: ['answer for an idempotency-key', 'answers for idempotency-keys'],
  vectors: ['vector', 'vectors'],
  sums: ['sum of usage', 'sums of usage'],
};

/** Counts as a person says them: `3 call records, 1 answer in the cache`. */
export const countsText = (counts: Counts): string =>
  things
    .flatMap((thing) => {
      const count = counts[thing];
      return count === undefined ? [] : [`${count} ${words[thing][count === 1 ? 0 : 1]}`];
    })
    .join(', ');

const places: Readonly<Record<Elsewhere, readonly [what: string, context: string]>> = {
  captures: ['the prompt is kept', 'captures'],
  vectors: ['a vector may be kept', 'semanticCache'],
};

const callsText = (calls: number): string => (calls === 1 ? '1 call' : `${calls} calls`);

/** What keeps somebody from being forgotten, and what is to be done then. */
export const unreachedTexts = (unreached: Unreached): readonly string[] =>
  elsewhere.flatMap((each) => {
    const [[what, context], calls] = [places[each], unreached[each]];
    if (calls === undefined) return [];
    return [
      `Out of reach: by its record, ${what} of ${callsText(calls)}, and this stack does not tell where. Deploy it with -c ${context}=true and do this again; or, where all of that is gone for good, say --gone ${each}.`,
    ];
  });

/** What was left, for it was said to be gone. */
export const leftTexts = (unreached: Unreached): readonly string[] =>
  elsewhere.flatMap((each) => {
    const calls = unreached[each];
    return calls === undefined ? [] : [`Not reached, for they are said to be gone: ${each} of ${callsText(calls)}.`];
  });

/** What a tenant that was forgotten can still do. */
export function standingText(tenant: string, keys: readonly string[]): string {
  const can = keys.length === 0 ? 'has no key to call with' : `may call with ${keys.join(', ')}`;
  return `Tenant ${tenant} itself is still there and ${can}: sluice tenants remove ${tenant}`;
}
