import { once } from 'node:events';
import { DAY_END, type Entry } from '../audit/entry.ts';
import type { Found } from '../audit/verifier.ts';
import type { AuditLog } from '../aws/audit-log.ts';
import { changesIn } from './config-changes.ts';
import type { Connection } from './connect.ts';
import { given, type Options } from './options.ts';
import { type Deed, none } from './outcome.ts';
import { withProgress } from './progress.ts';
import { dayOf, toSince } from './since.ts';
import { table } from './table.ts';
import { Wrong } from './wrong.ts';

const LIMIT = 50;
const SPOILED = 'Something among them cannot be read: sluice audit verify says which.';

/** `sluice audit list`: the latest changes. */
export const list: Deed = {
  takes: { since: 'value', subject: 'value', action: 'value', principal: 'value', limit: 'value' },
  act: async ({ connect, operands, options }) => {
    none(operands);
    const since = sinceIn(options);
    const limit = toLimit(given(options, 'limit'));
    const log = auditOf(await connect());
    const { found, unreadable } = await withProgress(async (tell) => {
      const entries: Entry[] = [];
      let [read, unreadable] = [0, 0];
      for await (const page of log.newestFirst(dayOf(since, 'UTC'))) {
        entries.push(
          ...page.flatMap(readable).filter((entry) => Date.parse(entry.at) >= since && fits(entry, options)),
        );
        read += page.length;
        unreadable += page.filter(({ entry }) => entry === undefined).length;
        if (entries.length >= limit) break;
        tell(`${read} entries read, ${entries.length} found…`);
      }
      return { found: entries.slice(0, limit), unreadable };
    });
    const rows = found.map((entry) => [
      entry.at,
      entry.principal,
      entry.action,
      entry.subject,
      changesIn(entry.before, entry.after).join(', '),
      entry.reason ?? '',
    ]);
    const text =
      found.length === 0
        ? 'No such change is in the log.'
        : table(['AT', 'BY', 'ACTION', 'SUBJECT', 'CHANGED', 'REASON'], rows);
    return { data: found, text: unreadable === 0 ? text : `${text}\n\n${SPOILED}` };
  },
};

/** `sluice audit export`: every entry, whole. */
export const exported: Deed = {
  takes: { since: 'value' },
  act: async ({ connect, operands, options }) => {
    none(operands);
    const log = auditOf(await connect());
    const ended = new AbortController();
    process.stdout.once('error', () => ended.abort()); // whoever read it has gone, as head does
    const since = options.has('since') ? dayOf(sinceIn(options), 'UTC') : undefined;
    for await (const page of log.oldestFirst(since)) {
      const lines = page.map(({ place, entry }) => `${JSON.stringify(entry ?? { place, unreadable: true })}\n`);
      if (ended.signal.aborted) break;
      if (!process.stdout.write(lines.join('')))
        await once(process.stdout, 'drain', { signal: ended.signal }).catch(() => {}); // nobody reads on: the signal says so
    }
    return { said: true };
  },
};

/** The log; refuses where there is none. */
export function auditOf({ audit }: Connection): AuditLog {
  if (audit === undefined)
    throw new Wrong('This gateway was deployed before there was an audit log: deploy it again (npm run deploy).');
  return audit;
}

/** The moment that `--since` names; without it, the beginning of all. */
export function sinceIn(options: Options): number {
  const since = given(options, 'since');
  return since === undefined ? 0 : toSince(since, 'UTC', Date.now());
}

/** The entry, where it can be read. */
const readable = ({ entry }: Found): readonly Entry[] => (entry === undefined ? [] : [entry]);

/** Ends of days are shown to who asks for them. */
function fits(entry: Entry, options: Options): boolean {
  const [subject = '', action, principal = ''] = ['subject', 'action', 'principal'].map((name) => given(options, name));
  if (action === undefined && entry.action === DAY_END) return false;
  return [
    [entry.subject, subject],
    [entry.action, action ?? ''],
    [entry.principal, principal],
  ].every(([is = '', wanted = '']) => is.startsWith(wanted));
}

function toLimit(text = String(LIMIT)): number {
  if (!/^[1-9]\d{0,5}$/.test(text))
    throw new Wrong(`--limit takes a number of changes, such as ${LIMIT}, not ${text}.`);
  return Number(text);
}
