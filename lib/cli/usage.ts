import type { UsageAsked } from '../aws/usage/reader.ts';
import type { Sum, Sums } from '../aws/usage/sums.ts';
import { toUsd } from '../catalog/price.ts';
import type { Connection } from './connect.ts';
import { sheet } from './describe.ts';
import { didYouMean } from './nearest.ts';
import { given } from './options.ts';
import { type Ask, type Command, none, type Outcome } from './outcome.ts';
import { withProgress } from './progress.ts';
import { toSince } from './since.ts';
import { heading, table } from './table.ts';
import { usageCsv } from './usage-csv.ts';
import { type Group, groups, inDays, type SumsByDay, sorted, toTold } from './usage-sums.ts';
import { Wrong } from './wrong.ts';

const help = `Usage: sluice usage --tenant NAME [--by ${groups.join(',')}] [--since 7d] [--csv]

  What a tenant spent today, or since a time ago (24h, 7d), a date or an ISO time, all in the tenant's time zone.
  Answers from the caches count as calls, and are hits (cacheHits), by meaning (semanticHits) where they are another
  question's: semanticScore tells how near those were. Misses (cacheMisses) were asked anew; calls with the cache off
  are neither. Saved (savedNanoUsd, savedMs) is what hits cost, and how long they took, when they were made. What the
  search for similar questions cost (cacheNanoUsd) is part of what was spent (costNanoUsd). Held (heldNanoUsd) is what
  calls under way hold in the tenant's counter now; it is not in what was spent. Abandoned are calls whose gateway
  died: they are charged what they held. Calls are kept for 90 days, or as configured. Quarters of an hour, and days,
  that are over are read as they were summed up, to the nano-dollar; the last half hour or so, and quarters to which a
  call came late, call by call.
  --csv prints one table for spreadsheets: a row for all, then a row for each feature, user, key, model and day, or for
  what --by names. A name that a spreadsheet would take for a formula has a ' before it.

  sluice usage --tenant acme
  sluice usage --tenant acme --by feature,model --since 7d
  sluice usage --tenant acme --since 2026-11-01 --json
  sluice usage --tenant acme --since 30d --by day,feature --csv > november.csv`;

/** `sluice usage`: what a tenant spent. */
export const usage: Command = {
  help,
  deeds: { '': { takes: { tenant: 'value', by: 'value', since: 'value', csv: 'switch' }, act } },
};

async function act({ connect, operands, options }: Ask): Promise<Outcome> {
  none(operands);
  const tenant = given(options, 'tenant');
  if (tenant === undefined) throw new Wrong('Name the tenant: sluice usage --tenant NAME');
  if (options.has('csv') && options.has('json')) throw new Wrong('--csv and --json exclude each other: choose one.');
  const by = toGroups(given(options, 'by'));
  const connection = await connect();
  const { timezone, known } = await zoneOf(connection, tenant);
  const now = Date.now();
  const since = toSince(given(options, 'since'), timezone, now);
  const sums = inDays(await summed(connection, { tenant, since, now }), timezone);
  if (!known && sums.all.calls === 0) throw new Wrong(`There is no tenant ${tenant}. See sluice tenants list.`);
  const { abandoned, all } = sums;
  const heldNanoUsd = await connection.calls.heldNanoDollars(tenant, now);
  if (options.has('csv')) return { data: undefined, text: usageCsv(tenant, sums, heldNanoUsd, by) };
  const { calls, costNanoUsd, promptTokens, completionTokens } = all;
  const from = new Date(since).toISOString();
  const grouped = Object.fromEntries(groups.map((group) => [`${group}s`, toldOf(sums, group)]));
  const summary = sheet([
    ['tenant', tenant],
    ['since', `${from} (${timezone})`],
    ['spent', dollars(costNanoUsd)],
    ['held', dollars(heldNanoUsd)],
    ['caches', cachesText(all)],
    ['calls', `${calls} (${abandoned} abandoned)`],
    ['tokens', `${promptTokens} read, ${completionTokens} written`],
  ]);
  return {
    data: { tenant, since: from, ...toTold(all), heldNanoUsd, abandoned, ...grouped },
    text: [summary, ...by.map((group) => groupTable(sums, group))].filter(Boolean).join('\n\n'),
  };
}

/** A tenant that was removed still has its calls; its days are then UTC's. */
async function zoneOf(
  { admin }: Connection,
  name: string,
): Promise<{ readonly timezone: string; readonly known: boolean }> {
  const tenant = await admin.tenant(name);
  return { timezone: tenant?.attributes.timezone ?? 'UTC', known: tenant !== undefined };
}

const summed = ({ calls }: Connection, asked: UsageAsked): Promise<Sums> =>
  withProgress((tell) => calls.usage(asked, (count) => tell(`${count} calls counted…`)));

function toGroups(text: string | undefined): readonly Group[] {
  return (text?.split(',') ?? []).map((word) => {
    const group = groups.find((each) => each === word.trim());
    if (group === undefined)
      throw new Wrong(
        `--by takes ${groups.join(', ')}, with commas between them, not ${JSON.stringify(word)}.${didYouMean(word, groups)}`,
      );
    return group;
  });
}

const toldOf = (sums: SumsByDay, group: Group) =>
  Object.fromEntries(sorted(sums, group).map(([name, sum]) => [name, toTold(sum)]));

/** What the caches did, as a person reads it: `2 hits (1 by meaning, lowest score 0.97), 1 miss; saved $0.02 and 1.5 s`. */
function cachesText({
  cacheHits,
  semanticHits,
  cacheMisses,
  cacheNanoUsd,
  savedNanoUsd,
  savedMs,
  scores,
}: Sum): string {
  const lowest = scores.count === 0 ? '' : `, lowest score ${scores.lowest}`;
  const byMeaning = semanticHits === 0 ? '' : ` (${semanticHits} by meaning${lowest})`;
  const hits = `${cacheHits} hit${cacheHits === 1 ? '' : 's'}${byMeaning}`;
  const misses = `${cacheMisses} miss${cacheMisses === 1 ? '' : 'es'}`;
  const less = cacheNanoUsd === 0 ? '' : `, less ${dollars(cacheNanoUsd)} for the search`;
  return `${hits}, ${misses}; saved ${dollars(savedNanoUsd)} and ${savedMs / 1000} s${less}`;
}

function groupTable(sums: SumsByDay, group: Group): string {
  const rows = sorted(sums, group).map(([name, sum]) => row(name, sum));
  if (sums.all.calls === 0) return '';
  const unnamed = sums.all.calls - [...sums.by[group].values()].reduce((calls, sum) => calls + sum.calls, 0);
  const title = group.toUpperCase();
  const body = table([title, ...numbers], rows, numbers);
  return unnamed === 0 ? body : `${body}\n${heading(`without a ${group}: ${unnamed}`)}`;
}

const numbers = ['CALLS', 'HITS', 'MISSES', 'SPENT', 'SAVED', 'SECONDS', 'READ', 'WRITTEN'];

const row = (name: string, sum: Sum): readonly string[] => [
  name,
  String(sum.calls),
  String(sum.cacheHits),
  String(sum.cacheMisses),
  dollars(sum.costNanoUsd),
  dollars(sum.savedNanoUsd),
  String(sum.savedMs / 1000),
  String(sum.promptTokens),
  String(sum.completionTokens),
];

const dollars = (nanoDollars: number): string => `$${toUsd(nanoDollars)}`;
