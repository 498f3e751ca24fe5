import type { Edit } from '../aws/access-edit.ts';
import { told } from '../aws/access-items.ts';
import { tenantName } from '../aws/access-schema.ts';
import type { ListedTenant } from '../aws/access-tenants.ts';
import { cacheFlags } from './cache-flags.ts';
import { captureFlags, captureText } from './capture-flags.ts';
import type { Connection } from './connect.ts';
import { budgetsText, cacheText, limitLines, ratesText, requiresText, sheet } from './describe.ts';
import { guardFlags, guardText } from './guard-flags.ts';
import { guardRemarks } from './guard-remarks.ts';
import { editsOf, optionsOf, tenantFlags } from './limit-flags.ts';
import { changing } from './options.ts';
import { type Command, none, only } from './outcome.ts';
import { checkPatterns, redactionFlags, redactionText } from './redaction-flags.ts';
import { requireFlags } from './require-flags.ts';
import { table } from './table.ts';
import { tenantsHelp } from './tenants-help.ts';
import { Wrong } from './wrong.ts';

const flags = [...tenantFlags, ...cacheFlags, ...requireFlags, ...redactionFlags, ...guardFlags, ...captureFlags];

/** `sluice tenants`: who pays, and what it may spend. */
export const tenants: Command = {
  help: tenantsHelp,
  deeds: {
    set: {
      takes: { ...changing, ...optionsOf(flags) },
      act: async ({ connect, operands, options }) => {
        const name = only(operands, 'tenant');
        if (!tenantName.test(name))
          throw new Wrong(
            `${JSON.stringify(name)} is no name for a tenant: use up to 64 letters, digits, dots, dashes and underscores.`,
          );
        const edits = editsOf(options, flags);
        await checkPatterns({ patterns: patternsIn(edits) });
        const connection = await connect();
        const { created, ...set } = await connection.admin.setTenant(name, edits);
        const remarks = await guardRemarks(connection, set.attributes);
        const said = created
          ? `Tenant ${name} is created. Its first key: sluice keys create --tenant ${name}`
          : edits.length > 0
            ? `Tenant ${name} is changed; every gateway knows within 5 seconds.`
            : `Tenant ${name} is there already.`;
        return {
          data: { ...plain(set), new: created, ...(remarks.length > 0 && { remarks }) },
          text: `${[said, ...remarks].join('\n')}\n\n${described(set, connection)}`,
        };
      },
    },

    get: {
      takes: {},
      act: async ({ connect, operands }) => {
        const connection = await connect();
        const tenant = await existing(connection, only(operands, 'tenant'));
        return { data: plain(tenant), text: described(tenant, connection) };
      },
    },

    list: {
      takes: {},
      act: async ({ connect, operands }) => {
        none(operands);
        const found = await (await connect()).admin.tenants();
        const rows = found.map(({ tenant, attributes: { budgets, rates, priority, timezone, cache = {} }, fault }) => [
          tenant,
          budgetsText(budgets),
          ratesText(rates),
          priority ?? '',
          timezone ?? '',
          cacheText(cache),
          fault === undefined ? '' : told(fault),
        ]);
        return {
          data: found.map(plain),
          text: table(['TENANT', 'BUDGETS', 'RATES', 'PRIORITY', 'TIMEZONE', 'CACHE', 'PROBLEM'], rows),
        };
      },
    },

    remove: {
      takes: { ...changing, force: 'switch' },
      act: async ({ connect, operands, options }) => {
        const connection = await connect();
        const { tenant } = await existing(connection, only(operands, 'tenant'));
        const left = await unrevoked(connection, tenant);
        if (left.length > 0 && !options.has('force'))
          throw new Wrong(
            `Tenant ${tenant} has ${left.length === 1 ? 'a key that is' : `${left.length} keys that are`} not revoked: ${left.join(', ')}. Revoke them, or add --force.`,
          );
        for (const id of left) await connection.admin.revokeKey(id);
        await connection.admin.removeTenant(tenant);
        // A key made while we were at it would work again the day the tenant is back.
        const late = await unrevoked(connection, tenant);
        for (const id of late) await connection.admin.revokeKey(id);
        const revoked = [...left, ...late];
        return {
          data: { tenant, removed: true, revoked },
          text: `Tenant ${tenant} is removed${revoked.length > 0 ? `, and revoked are ${revoked.join(', ')}` : ''}. What it spent stays on record.`,
        };
      },
    },
  },
};

async function existing({ admin }: Connection, name: string): Promise<ListedTenant> {
  const tenant = await admin.tenant(name);
  if (tenant === undefined) throw new Wrong(`There is no tenant ${name}. See sluice tenants list.`);
  return tenant;
}

const unrevoked = async ({ admin }: Connection, name: string): Promise<readonly string[]> =>
  (await admin.keys()).filter(({ tenant, attributes }) => tenant === name && !attributes.revoked).map(({ id }) => id);

/** The patterns that are to be written. */
const patternsIn = (edits: readonly Edit[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    edits.flatMap(({ path, value }) =>
      path.at(-2) === 'patterns' && typeof value === 'string' ? [[path.at(-1) ?? '', value]] : [],
    ),
  );

const plain = ({ tenant, attributes, fault }: ListedTenant) => ({
  tenant,
  ...attributes,
  ...(fault && { problem: told(fault) }),
});

function described({ tenant, attributes, fault }: ListedTenant, { captures }: Connection): string {
  const {
    keyDefaults = {},
    userDefaults = {},
    features = {},
    timezone,
    cache = {},
    requires = {},
    redaction,
    capture,
    guard,
    created,
  } = attributes;
  return sheet([
    ['tenant', tenant],
    ['problem', fault && told(fault)],
    ...limitLines(attributes),
    ['timezone', timezone],
    ['cache', cacheText(cache)],
    ['requires', requiresText(requires)],
    ['redaction', redactionText(redaction)],
    ['capture', captureText(capture, captures)],
    ['guardrails', guardText(guard)],
    ...limitLines(keyDefaults, 'each key: '),
    ...limitLines(userDefaults, 'each user: '),
    ...Object.entries(features).flatMap(([name, { redaction, guard, ...limits }]) => [
      ...limitLines(limits, `${name}: `),
      [`${name}: redaction`, redactionText(redaction)] as const,
      [`${name}: guardrails`, guardText(guard)] as const,
    ]),
    ['created', created],
  ]);
}
