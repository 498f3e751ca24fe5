import { changing, given } from './options.ts';
import { type Deed, only } from './outcome.ts';
import { Wrong } from './wrong.ts';

/** `sluice cache evict`: one call's answer is taken away. */
export const evict: Deed = {
  takes: { ...changing, tenant: 'value' },
  act: async ({ connect, operands, options }) => {
    const id = only(operands, 'request id, as x-request-id told it');
    const tenant = given(options, 'tenant');
    if (tenant === undefined)
      throw new Wrong(`Name the tenant whose call it was: sluice cache evict ${id} --tenant NAME`);
    const became = await (await connect()).cache.evict(tenant, id);
    switch (became) {
      case 'evicted':
        return { data: { id, tenant, evicted: true }, text: `The answer of call ${id} is taken away.` };
      case 'gone':
        return {
          data: { id, tenant, evicted: false, reason: became },
          text: `The answer of call ${id} is not in the cache any more: it was over, or taken away before.`,
        };
      case 'not cached':
        return {
          data: { id, tenant, evicted: false, reason: became },
          text: `Call ${id} was not answered from the cache, and its answer was not kept there: there is nothing to take away.`,
        };
      case 'foreign':
        throw new Error(
          `What the record of call ${id} leads to is not an answer of tenant ${tenant}. It was left alone.`,
        );
      case 'unknown':
        throw new Wrong(
          `There is no call ${id} of tenant ${tenant} on record. Calls are kept for 90 days; a call's id is its x-request-id.`,
        );
    }
  },
};
