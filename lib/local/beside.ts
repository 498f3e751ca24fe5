import { setInterval } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { readAddress } from './dynamodb/address.ts';

/** How often it is looked whether the database is there. It may be late: a start must not wait while the AWS SDK is loaded. */
const LOOK_MS = 1_000;

// What runs beside a gateway here, each in a process of its own, so that a gateway has in memory what calls need: the
// database, with what schedules do in the cloud; and, until the gateway is open, what it writes at its start.
const { values, positionals } = parseArgs({ options: { data: { type: 'string' } }, strict: false });

if (positionals.includes('opening')) (await import('./open.ts')).answerGateway();
else await Promise.all([import('./dynamodb/main.ts'), keepUpHere(String(values.data))]);

/** Begins once the database of this process is reached: it may wait for the folder. */
async function keepUpHere(dataDir: string): Promise<void> {
  for await (const _ of setInterval(LOOK_MS, undefined, { ref: false })) {
    const address = await readAddress(dataDir);
    if (address?.pid !== process.pid) continue;
    const { keepUp } = await import('./upkeep.ts');
    return keepUp(address.endpoint);
  }
}
