import { usualCalls } from '../config/config.ts';
import { toConfig } from '../config/schema.ts';
import { requestId } from './call-filter.ts';
import { callSheet } from './call-sheet.ts';
import type { Connection } from './connect.ts';
import { changing, given } from './options.ts';
import { type Deed, only } from './outcome.ts';
import { captureSheet, shownCapture } from './shown-capture.ts';
import { Wrong } from './wrong.ts';

/** `sluice calls show`: all that is on record of one call, and with `--capture` what was kept of it. */
export const show: Deed = {
  takes: { ...changing, tenant: 'value', capture: 'switch' },
  act: async ({ connect, operands, options }) => {
    const id = requestId(only(operands, 'request id, as x-request-id told it'));
    const tenant = given(options, 'tenant');
    if (options.has('reason') && !options.has('capture'))
      throw new Wrong('--reason says why a capture is read: it goes with --capture.');
    const connection = await connect();
    const found = await connection.recorded.find(id, tenant === undefined ? await tenantsOf(connection) : [tenant]);
    if (found === undefined)
      throw new Wrong(
        `No call ${id} is on record${tenant === undefined ? '' : ` for tenant ${tenant}`}. A call is written down when its answer has ended, and kept for ${await keptDays(connection)} days.`,
      );
    if (!options.has('capture')) return { data: found.told, text: callSheet(found) };
    const captured = await shownCapture(found, connection);
    return { data: { ...found.told, captured }, text: `${callSheet(found)}\n\n${captureSheet(captured)}` };
  },
};

/** Every tenant there is, and those that were removed but have keys, though they let nobody in. */
async function tenantsOf({ admin }: Connection): Promise<readonly string[]> {
  return (await admin.items()).flatMap(({ pk, sk, tenant }) => {
    if (sk === 'tenant') return [String(pk).replace(/^tenant#/, '')];
    return typeof tenant === 'string' && tenant !== '' ? [tenant] : [];
  });
}

/** How long the configuration in force keeps calls. */
async function keptDays({ config }: Connection): Promise<number> {
  const current = await config.inForce();
  const read = toConfig(JSON.parse(current?.json ?? '{}'));
  return ('config' in read ? read.config.calls?.keptDays : undefined) ?? usualCalls.keptDays;
}
