import { type Command, only, table, textOf, Wrong } from './outcome.ts';

/** `sluice keys`: who may call. */
export const keys: Command = {
  options: {
    tenant: { type: 'string' },
    name: { type: 'string' },
    feature: { type: 'string' },
    expires: { type: 'string' },
  },
  actions: {
    async create({ access, operands, options }) {
      const admin = await access();
      const tenant = textOf(options, 'tenant');
      if (tenant === undefined || operands.length > 0)
        throw new Wrong('Name the tenant the key is for: sluice keys create --tenant NAME');
      if (!(await admin.tenantExists(tenant)))
        throw new Wrong(`There is no tenant ${tenant}. Create it first: sluice tenants set ${tenant}`);
      const expires = toInstant(textOf(options, 'expires'));
      const { id, key } = await admin.createKey({
        tenant,
        name: textOf(options, 'name'),
        feature: textOf(options, 'feature'),
        expires,
      });
      return {
        data: { id, key, tenant, ...(expires && { expires }) },
        text: `${key}\n\nThis is key ${id} of tenant ${tenant}. It is shown only now: only its hash is stored.`,
      };
    },

    async list({ access, options }) {
      const admin = await access();
      const tenant = textOf(options, 'tenant');
      const found = (await admin.keys())
        .filter((key) => tenant === undefined || key.tenant === tenant)
        .map(({ pk: _, sk: __, v: ___, ...key }) => key);
      const rows = found.map((key) => [
        key.id,
        key.tenant,
        key.name ?? '',
        key.created ?? '',
        key.problem ?? (key.revoked ? 'revoked' : (key.expires ?? '')),
      ]);
      return { data: found, text: table(['ID', 'TENANT', 'NAME', 'CREATED', 'ENDS'], rows) };
    },

    async revoke({ access, operands }) {
      const admin = await access();
      const id = only(operands, 'key id, as sluice keys list shows it');
      if (!(await admin.revokeKey(id))) throw new Wrong(`There is no key ${id}. See sluice keys list.`);
      return { data: { id, revoked: true }, text: `Key ${id} is revoked; every gateway refuses it within 5 seconds.` };
    },
  },
};

function toInstant(given: string | undefined): string | undefined {
  if (given === undefined) return undefined;
  const at = /^\d{4}-\d{2}-\d{2}(T.*)?$/.test(given) ? Date.parse(given) : Number.NaN;
  // Date.parse takes February 30th for March 2nd.
  const [day] = given.split('T');
  if (Number.isNaN(at) || new Date(`${day}T00:00Z`).toISOString().slice(0, 10) !== day)
    throw new Wrong(
      `--expires takes a date or a time in ISO form, such as 2027-01-31 or 2027-01-31T12:00:00Z, not ${given}.`,
    );
  if (at <= Date.now()) throw new Wrong(`--expires ${given} is past: the key would never work.`);
  return new Date(at).toISOString();
}
