import { readFileSync } from 'node:fs';
import type { CallDetail } from '../aws/written-calls.ts';
import { toUsd } from '../catalog/price.ts';
import { chargesOf } from './charged.ts';
import type { Connection } from './connect.ts';
import { type Drift, openDrifts } from './drift.ts';
import { type Charge, fromExport, toUnits } from './export-file.ts';
import { instantIn } from './flag-values.ts';
import { given, type Options } from './options.ts';
import type { Ask, Command, Outcome } from './outcome.ts';
import { withProgress } from './progress.ts';
import { bad, good, table } from './table.ts';
import { Wrong } from './wrong.ts';

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

const help = `Usage: sluice reconcile PROVIDER FILE [--tolerance 1] [--since DATE] [--until DATE] [--tenant NAME]

  Compares what a provider says it charged with what the calls on record cost there, by day (UTC) and model. Drift is
  what the records have more. The exit code is 1 where a row or the total drifts by more per cent than --tolerance.
  The days are the file's first to its last, or those of --since to --until, both included. The calls are those of all
  tenants that there are, or of one. Calls are kept for 90 days. Dated versions of a model are counted as the model.

  FILE is CSV, or JSON lines, with the columns of one of these; what it does not know is refused by its line:
    date,model,cost_usd                             and input_tokens, output_tokens: your own, in dollars
    usage_date_utc,model,cost_usd                   the console's cost export
    starting_at,model,amount,currency               a cost report's buckets, in cents, grouped by description
    start_time,line_item,amount_value,amount_currency   a cost export, or a cost API's buckets, grouped by line item
  Where an export is rounded to cents, small rows drift by as much.

  sluice reconcile lab november.csv
  sluice reconcile lab costs.jsonl --since 2026-11-01 --until 2026-11-30 --tolerance 0.5 --json`;

/** `sluice reconcile`: what a provider says it charged, beside what the records say. */
export const reconcile: Command = {
  help,
  deeds: { '': { takes: { tolerance: 'value', since: 'value', until: 'value', tenant: 'value' }, act } },
};

async function act({ connect, operands, options }: Ask): Promise<Outcome> {
  const [provider, file, ...more] = operands;
  if (provider === undefined || file === undefined || more.length > 0)
    throw new Wrong('Name a provider and its export: sluice reconcile PROVIDER FILE');
  const tolerance = toTolerance(given(options, 'tolerance') ?? '1');
  const exported = fromExport(textOf(file));
  const days = daysOf(options, exported);
  const within = ({ day }: Charge): boolean => day >= days.since && day <= days.until;
  const { add, judged } = openDrifts();
  for (const charge of exported.filter(within)) add('theirs', charge);
  await eachCall(await connect(), given(options, 'tenant'), days, (call) => {
    for (const charge of chargesOf(call, provider).filter(within)) add('ours', charge);
  });
  const { rows, total } = judged(tolerance);
  const failed = total.over || rows.some(({ over }) => over);
  return {
    data: { provider, ...days, withinTolerance: !failed, ...toTold(total), rows: rows.map(toTold) },
    text: `${driftTable([...rows, total])}\n${failed ? bad('over the tolerance, where !') : good('within the tolerance')}`,
    failed,
  };
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new Wrong(`There is no file ${file}. Name the provider's export: sluice reconcile PROVIDER FILE`);
  }
}

/** Per cent, in millionths. */
function toTolerance(text: string): bigint {
  const millionths = /^\d{1,4}(\.\d{1,4})?%?$/.test(text) ? toUnits(text.replace('%', ''), 4) : undefined;
  if (millionths === undefined)
    throw new Wrong(`--tolerance takes per cent, such as 1 or 0.5, not ${JSON.stringify(text)}.`);
  return millionths;
}

type Days = { readonly since: string; readonly until: string };

function daysOf(options: Options, exported: readonly Charge[]): Days {
  const all = exported.map(({ day }) => day).sort();
  const day = (name: string, otherwise: string | undefined): string => {
    const text = given(options, name) ?? otherwise ?? '';
    if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || instantIn(text) === undefined)
      throw new Wrong(text === '' ? 'The export has no costs on any day.' : `--${name} takes a date, not ${text}.`);
    return text;
  };
  const days = { since: day('since', all[0]), until: day('until', all.at(-1)) };
  if (days.since > days.until) throw new Wrong(`There is no day from ${days.since} until ${days.until}.`);
  return days;
}

async function eachCall(
  { admin, written }: Connection,
  tenant: string | undefined,
  { since, until }: Days,
  see: (call: CallDetail) => void,
): Promise<void> {
  if (tenant !== undefined && !(await admin.tenantExists(tenant)))
    throw new Wrong(`There is no tenant ${tenant}. See sluice tenants list.`);
  const tenants = tenant === undefined ? (await admin.tenants()).map((listed) => listed.tenant) : [tenant];
  // An id is made a moment before or after the call's own time is taken.
  const [from, to] = [Date.parse(since) - MINUTE_MS, Date.parse(until) + DAY_MS + MINUTE_MS];
  return withProgress(async (tell) => {
    let read = 0;
    for (const each of tenants)
      for await (const page of written.since(each, from, to)) {
        for (const { id, call } of page) {
          if (call === undefined)
            throw new Error(`The record of call ${id} cannot be read, so nothing can be compared.`);
          see(call);
        }
        read += page.length;
        tell(`${read} calls read…`);
      }
  });
}

function driftTable(rows: readonly Drift[]): string {
  const titles = ['DAY', 'MODEL', 'PROVIDER', 'RECORDS', 'DRIFT', 'PER CENT', ''];
  const cells = rows.map(({ day, model, theirs, ours, drift, basisPoints, over }) => [
    day,
    model || (day === 'all' ? '' : '(no model)'),
    dollars(theirs),
    dollars(ours),
    dollars(drift),
    basisPoints === undefined ? '-' : (exact(basisPoints) / 100).toFixed(2),
    over ? '!' : '',
  ]);
  return table(titles, cells, ['PROVIDER', 'RECORDS', 'DRIFT', 'PER CENT']);
}

const toTold = ({ day, model, theirs, ours, drift, basisPoints, over }: Drift) => ({
  ...(day !== 'all' && { day, model }),
  providerNanoUsd: exact(theirs),
  recordsNanoUsd: exact(ours),
  driftNanoUsd: exact(drift),
  driftPercent: basisPoints === undefined ? null : exact(basisPoints) / 100,
  over,
});

const dollars = (nanoDollars: bigint): string =>
  `${nanoDollars < 0n ? '-' : ''}$${toUsd(Math.abs(exact(nanoDollars)))}`;

function exact(amount: bigint): number {
  if (!Number.isSafeInteger(Number(amount)))
    throw new Error('The sum is too large to be told exactly. Ask for fewer days.');
  return Number(amount);
}
