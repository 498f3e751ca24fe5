import { type Command, only, table, Wrong } from './outcome.ts';

/** `sluice tenants`: who pays. */
export const tenants: Command = {
  options: {},
  actions: {
    async set({ access, operands }) {
      const tenant = only(operands, 'tenant');
      if (!/^[a-z0-9][a-z0-9._-]{0,63}$/i.test(tenant))
        throw new Wrong(
          `${JSON.stringify(tenant)} is no name for a tenant: use up to 64 letters, digits, dots, dashes and underscores.`,
        );
      const created = await (await access()).createTenant(tenant);
      return {
        data: { tenant, created },
        text: created
          ? `Tenant ${tenant} is created. Its first key: sluice keys create --tenant ${tenant}`
          : `Tenant ${tenant} is there already.`,
      };
    },

    async list({ access }) {
      const admin = await access();
      const found = await admin.tenants();
      return {
        data: found.map((tenant) => ({ tenant })),
        text: table(
          ['TENANT'],
          found.map((tenant) => [tenant]),
        ),
      };
    },
  },
};
