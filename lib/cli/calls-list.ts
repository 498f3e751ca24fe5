import type { CallsSought } from '../aws/calls-sought.ts';
import type { RecordedCall } from '../aws/recorded-calls.ts';
import { type CallFilter, fits, requestId, toFilter } from './call-filter.ts';
import { callTable } from './call-table.ts';
import type { Connection } from './connect.ts';
import { given, type Options } from './options.ts';
import { type Deed, none } from './outcome.ts';
import { withProgress } from './progress.ts';
import { toSince } from './since.ts';
import { Wrong } from './wrong.ts';

const LIMIT = 50;

/** `sluice calls list`: the latest calls of a tenant, a key or a feature. */
export const list: Deed = {
  takes: {
    tenant: 'value',
    key: 'value',
    feature: 'value',
    user: 'value',
    model: 'value',
    status: 'value',
    since: 'value',
    limit: 'value',
    before: 'value',
  },
  act: async ({ connect, operands, options }) => {
    none(operands);
    const sought = toSought(options, Date.now());
    const filter = toFilter(options);
    const limit = toLimit(given(options, 'limit'));
    const connection = await connect();
    const { found, read } = await collected(connection, sought, filter, limit);
    if (read === 0) await mustExist(connection, filter);
    const last = found.length === limit ? found.at(-1) : undefined;
    const more = last === undefined ? '' : `\n\nOlder ones, if there are: --before ${last.id}`;
    const text = found.length === 0 ? 'No such call is on record.' : `${callTable(found, sought.by)}${more}`;
    return { data: found.map(({ told }) => told), text };
  },
};

function toSought(options: Options, now: number): CallsSought {
  const [tenant, keyId, feature] = [given(options, 'tenant'), given(options, 'key'), given(options, 'feature')];
  const [since, before] = [given(options, 'since'), given(options, 'before')];
  if (before !== undefined) requestId(before);
  const when = { since: since === undefined ? 0 : toSince(since, 'UTC', now), before };
  if (keyId !== undefined) return { by: 'key', keyId, ...when };
  if (tenant === undefined)
    throw new Wrong('Name whose calls: sluice calls list --tenant NAME, or sluice calls list --key ID');
  return feature === undefined ? { by: 'tenant', tenant, ...when } : { by: 'feature', tenant, feature, ...when };
}

function toLimit(text = String(LIMIT)): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new Wrong(`--limit takes a number of calls, such as ${LIMIT}, not ${text}.`);
  return Number(text);
}

/** The first that fit of those that are sought, so many at most, and how many were read for them. */
function collected({ recorded }: Connection, sought: CallsSought, filter: CallFilter, limit: number) {
  return withProgress(async (tell) => {
    const found: RecordedCall[] = [];
    let read = 0;
    for await (const page of recorded.latest(sought)) {
      found.push(...page.filter((call) => fits(call, filter)));
      read += page.length;
      if (found.length >= limit) break;
      tell(`${read} calls read, ${found.length} found…`);
    }
    return { found: found.slice(0, limit), read };
  });
}

/** Throws where there was nothing to read because nobody is called so. What was removed or revoked still has its calls. */
async function mustExist({ admin }: Connection, { tenant, keyId }: CallFilter): Promise<void> {
  if (tenant !== undefined && !(await admin.tenantExists(tenant)))
    throw new Wrong(`There is no tenant ${tenant}. See sluice tenants list.`);
  if (keyId !== undefined && (await admin.key(keyId)) === undefined)
    throw new Wrong(`There is no key ${keyId}. See sluice keys list.`);
}
