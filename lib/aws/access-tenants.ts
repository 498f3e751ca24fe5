import { type Edit, edited } from './access-edit.ts';
import type { Fields } from './access-fields.ts';
import { readTenant, told } from './access-items.ts';
import type { Fault, TenantItem } from './access-schema.ts';
import type { AccessTable, Place } from './access-table.ts';
import { toItem } from './item.ts';

/** A tenant for a list. Of one that cannot be read whole, what is wrong with it stands in for its attributes. */
export type ListedTenant = {
  readonly tenant: string;
  readonly fault?: Fault;
  readonly attributes: Omit<Partial<TenantItem>, 'pk' | 'sk' | 'v' | 'changed'>;
};

/** What a new tenant may be given, as it stands in its item. */
type NewTenant = Omit<Partial<TenantItem>, 'pk' | 'sk' | 'v' | 'created' | 'changed'>;

/** Tenants as an operator changes them. */
export function tenantAdmin(table: AccessTable, now: () => number) {
  const fresh = (name: string) => ({ ...placeOf(name), v: 1, created: new Date(now()).toISOString() });

  const createTenant = async (name: string, attributes: NewTenant = {}): Promise<boolean> => {
    const item = { ...fresh(name), ...attributes };
    checkTenant(item);
    return table.create(item);
  };

  return {
    /** Creates a tenant; false when there already is one of that name. */
    createTenant,

    tenantExists: async (name: string): Promise<boolean> => (await table.get(placeOf(name))) !== undefined,

    tenant: async (name: string): Promise<ListedTenant | undefined> => {
      const raw = await table.get(placeOf(name));
      return raw && listTenant(toItem(raw));
    },

    /** All tenants, by name. Reads the whole table, which is as large as there are tenants and keys. */
    tenants: async (): Promise<readonly ListedTenant[]> =>
      (await table.all())
        .map(toItem)
        .filter(({ sk }) => sk === 'tenant')
        .map(listTenant)
        .sort((one, other) => (one.tenant < other.tenant ? -1 : 1)),

    /**
     * Creates the tenant, or changes what the edits name and leaves the rest, whoever edits it meanwhile. Throws when
     * the tenant could not be read afterwards: a wrong item can be changed only by what makes it right.
     */
    setTenant: async (name: string, edits: readonly Edit[]): Promise<ListedTenant & { readonly created: boolean }> => {
      for (;;) {
        const changed = await table.edit(placeOf(name), () => edits, checkTenant);
        if (changed !== undefined) return { ...listTenant(changed), created: false };
        const item = edited(fresh(name), edits);
        checkTenant(item);
        if (await table.create({ ...item, ...placeOf(name) })) return { ...listTenant(item), created: true };
      }
    },

    /** Removes a tenant, and with it the way in for its keys; false when there was none. What it spent stays on record. */
    removeTenant: (name: string): Promise<boolean> => table.remove(placeOf(name)),
  };
}

const placeOf = (name: string): Place => ({ pk: `tenant#${name}`, sk: 'tenant' });

/** Reads a tenant item as far as it can be read. */
function listTenant(item: Fields): ListedTenant {
  const tenant = String(item.pk).slice('tenant#'.length);
  const reading = readTenant(item);
  if (!reading.ok) return { tenant, fault: reading.fault, attributes: {} };
  const { pk: _, sk: __, v: ___, changed: ____, ...attributes } = reading.item;
  return { tenant, attributes };
}

function checkTenant(item: Fields): void {
  const reading = readTenant(item);
  if (!reading.ok) throw new Error(`The tenant would not be readable: ${told(reading.fault)}.`);
}
