import { join } from 'node:path';
import { bundle } from '../../esbuild.config.ts';
import { fromUrl } from '../support/events.ts';
import { scratch } from '../support/gateway.ts';
import { lambdaGateway } from '../support/lambda-gateway.ts';
import { residentAfter } from '../support/ric/resident-after.ts';
import { emptyHandler } from '../support/ric/start-runtime.ts';
import { timeFirstAnswer } from '../support/ric/time-first-answer.ts';
import { startTables } from '../support/tables.ts';
import { startUpstream, wholeAnswer } from '../support/upstream.ts';
import { median } from './printed.ts';

/** Cold starts of each kind; they take turns, so that both see the same machine. */
const ROUNDS = 15;
/** Calls after which the memory is looked at. */
const CALLS = 1_000;

const { folder, remove } = scratch();
const [size] = await bundle('gateway');
const database = await startTables(join(folder, 'data'));
const upstream = await startUpstream(wholeAnswer('Hi'));
const gateway = lambdaGateway(folder, database, upstream);
const chat = fromUrl({ model: 'openai/m', messages: [{ role: 'user', content: 'Hello' }] });

const empty: { readonly readyMs: number; readonly answeredMs: number }[] = [];
const ours: typeof empty = [];
for (let round = 0; round < ROUNDS; round++) {
  empty.push(await timeFirstAnswer({ bundleDir: emptyHandler }, {}));
  ours.push(await timeFirstAnswer(gateway, chat));
}
const megabytes = [
  await residentAfter(CALLS, { bundleDir: emptyHandler }, {}),
  await residentAfter(CALLS, gateway, chat),
];
await Promise.all([upstream.close(), database.stop()]);
remove();

const ready = [empty, ours].map((runs) => median(runs.map(({ readyMs }) => readyMs)));
const answered = [empty, ours].map((runs) => median(runs.map(({ answeredMs }) => answeredMs)));
const row = (title: string, [one = 0, other = 0]: readonly number[]) =>
  `${title.padEnd(34)}${one.toFixed(0).padStart(8)}${other.toFixed(0).padStart(10)}${(other / one).toFixed(2).padStart(9)} ×\n`;
process.stdout.write(
  `\nLambda door: ${size?.firstBytes} bytes loaded at start, ${size?.allBytes} with what is loaded lazily\n\n` +
    `${`cold start, median of ${ROUNDS}, ms`.padEnd(34)}   empty   gateway    ratio\n` +
    row('spawn to first poll', ready) +
    row('spawn to first answered call', answered) +
    row(`resident after ${CALLS} calls, MB`, megabytes) +
    "\nThe gateway's first call looks its key up in the embedded DynamoDB and calls a provider on a socket.\n",
);
