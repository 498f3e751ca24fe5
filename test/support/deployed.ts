import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundled } from '../../esbuild.config.ts';
import { tables } from '../../lib/aws/tables.ts';
import { nobody } from './server.ts';

/** The bundled HTTP door as it is deployed, in a process of its own. */
export type Deployed = {
  readonly url: string;
  /** How often a metric was printed, in the format that CloudWatch reads. */
  readonly counted: (metric: string) => number;
  /** All lines of metrics that were printed so far. */
  readonly metrics: () => readonly Record<string, unknown>[];
  /** All that it printed so far, on either way. */
  readonly printed: () => string;
  readonly kill: (signal: NodeJS.Signals) => boolean;
  readonly exited: Promise<number | null>;
};

export type Site = {
  /** For its configuration. */
  readonly folder: string;
  /** Where its database is. */
  readonly endpoint: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly env?: Readonly<Record<string, string>>;
};

/** Starts `dist/gateway-web`, which must be bundled, on a port that was free a moment ago; ready when it answers. */
export async function startDeployed({ folder, endpoint, config, env = {} }: Site): Promise<Deployed> {
  const { port } = new URL(await nobody());
  const file = join(folder, `${port}.config.json`);
  writeFileSync(file, JSON.stringify(config));
  const child = spawn(process.execPath, [join(bundled('gateway-web'), 'index.mjs')], {
    env: {
      PATH: process.env.PATH,
      AWS_LAMBDA_HTTP_ENDPOINT: `127.0.0.1:${port}`, // as Lambda says it, and nobody else
      SLUICE_DYNAMODB_ENDPOINT: endpoint,
      SLUICE_CONFIG: file,
      LAB_KEY: 'sk-lab',
      AWS_REGION: 'us-east-1',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      ...Object.fromEntries(Object.values(tables).map(({ variable, localName }) => [variable, localName])),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  child.stdout.on('data', (piece) => {
    printed += piece;
  });
  child.stderr.on('data', (piece) => {
    printed += piece;
  });
  const metrics: Record<string, unknown>[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    const entry = JSON.parse(line);
    if (entry._aws?.CloudWatchMetrics?.[0]?.Namespace === 'Sluice') metrics.push(entry);
  });
  const exited = once(child, 'exit').then(([code]): number | null => code);
  const url = `http://127.0.0.1:${port}/v1`;
  while (!(await answers(url)))
    if (child.exitCode !== null) throw new Error(`The gateway ended before it was ready:\n${printed}`);
  return {
    url,
    counted: (metric) => metrics.filter((entry) => entry[metric] === 1).length,
    metrics: () => metrics,
    printed: () => printed,
    kill: (signal) => child.kill(signal),
    exited,
  };
}

const answers = (url: string): Promise<boolean> =>
  fetch(`${url}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
