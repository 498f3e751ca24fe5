import { awsWorld } from '../lib/aws/world.ts';
import { openDoor } from '../lib/http/door.ts';
import { deployedProviders } from '../lib/providers/index.ts';
import type { World } from '../lib/world.ts';

/** What a running stream is given to end in, once the process is asked to stop. */
const GRACE_MS = 30_000;

type House = {
  readonly world: World;
  /** Done once the port is ours, before anybody is answered. */
  readonly prepare: () => Promise<void>;
  /** Says where the door is, once it is open. */
  readonly welcome: (port: number) => void;
  readonly close: () => Promise<void>;
};

const deployed = (): House => ({
  world: awsWorld(process.env, deployedProviders),
  prepare: async () => {},
  welcome: () => {},
  close: async () => {},
});

/** Everything local is imported only for a local run: a deployed process does not carry it. */
const local = async (): Promise<House> => (await import('../lib/local/house.ts')).openHouse();

const { world, prepare, welcome, close } = process.env.SLUICE_LOCAL === 'true' ? await local() : deployed();
const door = await openDoor(world, { ...placeOf(process.env), prepare });
let stoppingSince: number | undefined;

const stop = async () => {
  // npm passes on what the terminal has already sent us: a signal counts as a second one only a moment later.
  if (stoppingSince !== undefined && performance.now() - stoppingSince < 1000) return;
  const again = stoppingSince !== undefined;
  stoppingSince = performance.now();
  await door.close(again ? 0 : GRACE_MS); // a second time cuts what still runs, and writes it down
  await close();
  process.exit(0);
};
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
// Who reads our lines may leave before us, as head does.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

welcome(door.port); // only now: who reads it may stop us at once

/** Where a Web Function is told to listen, else where HOST and PORT say. */
function placeOf({ AWS_LAMBDA_HTTP_ENDPOINT, HOST, PORT }: NodeJS.ProcessEnv) {
  // HOST:PORT, exactly there: https://docs.aws.amazon.com/lambda/latest/dg/web-functions-nodejs.html
  const [, host, port] = /^(.+):(\d+)$/.exec(AWS_LAMBDA_HTTP_ENDPOINT ?? '') ?? [];
  return { host: host || HOST || '127.0.0.1', port: portOf(port || PORT || '8787') };
}

function portOf(text: string): number {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  throw new Error(`PORT must be a number from 0 to 65535, not ${text}.`);
}
