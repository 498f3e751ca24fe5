import { edited } from '../aws/access-edit.ts';
import type { ListedKey, NewKey } from '../aws/access-keys.ts';
import type { Connection } from './connect.ts';
import { lengthIn, toInstant, toText } from './flag-values.ts';
import { describedKey, keyTable, plainKey } from './key-views.ts';
import { editsOf, type Flag, limitHelp, optionsOf, ownFlags } from './limit-flags.ts';
import { changing, given } from './options.ts';
import { type Command, none, only } from './outcome.ts';
import { requireFlags, requireHelp } from './require-flags.ts';
import { Wrong } from './wrong.ts';

const GRACE = '24h';

const help = `Usage: sluice keys create --tenant NAME [--name X] [--feature X] [--expires ISO]
       ${limitHelp}
       ${requireHelp}
       sluice keys set ID [--name X] [--feature X] [--expires ISO] [the same limits and rules] [--unset FIELD]
       sluice keys list [--tenant NAME]
       sluice keys get ID
       sluice keys rotate ID [--grace ${GRACE}]
       sluice keys revoke ID
       create, set, rotate and revoke take --reason TEXT, for the audit log

  A limit a key does not have is the one its tenant gives each key; none lifts it.
  What a key requires of targets holds besides what its tenant does; --unset requires takes back all the key says.
  A key's secret is shown once, when it is created or rotated: only its hash is stored.
  rotate gives the key a new secret; the old one works until the grace is over (30m, 24h, 7d; 0 ends it at once).
  revoke ends all secrets of a key; every gateway refuses them within 5 seconds.

  sluice keys create --tenant acme --name ci --expires 2027-01-31 --budget-day 2.50 --models 'lab/*'
  sluice keys set key_01… --rpm 60 --unset budget-day
  sluice --local keys create --tenant demo --json`;

const labels: readonly Flag[] = [
  { name: 'name', path: ['name'], read: toText },
  { name: 'feature', path: ['feature'], read: toText },
  { name: 'expires', path: ['expires'], read: toInstant },
];
const keyFlags = [...labels, ...ownFlags, ...requireFlags];

/** `sluice keys`: who may call. */
export const keys: Command = {
  help,
  deeds: {
    create: {
      takes: { ...changing, tenant: 'value', ...optionsOf(keyFlags) },
      act: async ({ connect, operands, options }) => {
        const tenant = given(options, 'tenant');
        if (tenant === undefined || operands.length > 0)
          throw new Wrong('Name the tenant the key is for: sluice keys create --tenant NAME');
        if (options.has('unset'))
          throw new Wrong('--unset is for a key that is there: sluice keys set ID --unset FIELD');
        const attributes: NewKey = { ...edited({}, editsOf(options, keyFlags)), tenant };
        const { admin } = await connect();
        if (!(await admin.tenantExists(tenant)))
          throw new Wrong(`There is no tenant ${tenant}. Create it first: sluice tenants set ${tenant}`);
        const { id, key } = await admin.createKey(attributes);
        return {
          data: { id, key, ...attributes },
          text: `${key}\n\nThis is key ${id} of tenant ${tenant}. It is shown only now: only its hash is stored.`,
        };
      },
    },

    set: {
      takes: { ...changing, ...optionsOf(keyFlags) },
      act: async ({ connect, operands, options }) => {
        const id = only(operands, 'key id, as sluice keys list shows it');
        const edits = editsOf(options, keyFlags);
        if (edits.length === 0) throw new Wrong(`Name what to change, such as --budget-day 5. See sluice keys --help.`);
        const connection = await connect();
        if (!(await connection.admin.setKey(id, edits))) throw missing(id);
        const key = await existing(connection, id);
        return {
          data: plainKey(key),
          text: `Key ${id} is changed; every gateway knows within 5 seconds.\n\n${describedKey(key)}`,
        };
      },
    },

    get: {
      takes: {},
      act: async ({ connect, operands }) => {
        const key = await existing(await connect(), only(operands, 'key id, as sluice keys list shows it'));
        return { data: plainKey(key), text: describedKey(key) };
      },
    },

    list: {
      takes: { tenant: 'value' },
      act: async ({ connect, operands, options }) => {
        none(operands);
        const tenant = given(options, 'tenant');
        const all = await (await connect()).admin.keys();
        const found = all.filter((key) => tenant === undefined || key.tenant === tenant);
        return { data: found.map(plainKey), text: keyTable(found) };
      },
    },

    rotate: {
      takes: { ...changing, grace: 'value' },
      act: async ({ connect, operands, options }) => {
        const id = only(operands, 'key id, as sluice keys list shows it');
        const grace = lengthIn(given(options, 'grace') ?? GRACE);
        if (grace === undefined)
          throw new Wrong('--grace takes a length of time such as 30m, 24h or 7d, or 0 for none.');
        const rotated = await (await connect()).admin.rotateKey(id, grace);
        if (rotated === undefined) throw missing(id);
        const old =
          grace === 0
            ? 'The old secret is refused within 5 seconds'
            : `The old secret works until ${rotated.previousEnds}`;
        return {
          data: rotated,
          text: `${rotated.key}\n\nThis is the new secret of key ${id} of tenant ${rotated.tenant}. It is shown only now: only its hash is stored.\n${old}.`,
        };
      },
    },

    revoke: {
      takes: changing,
      act: async ({ connect, operands }) => {
        const id = only(operands, 'key id, as sluice keys list shows it');
        if (!(await (await connect()).admin.revokeKey(id))) throw missing(id);
        return {
          data: { id, revoked: true },
          text: `Key ${id} is revoked; every gateway refuses it within 5 seconds.`,
        };
      },
    },
  },
};

async function existing({ admin }: Connection, id: string): Promise<ListedKey> {
  const key = await admin.key(id);
  if (key === undefined) throw missing(id);
  return key;
}

const missing = (id: string) => new Wrong(`There is no key ${id}. See sluice keys list.`);
