import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { bundle, bundled } from '../../../esbuild.config.ts';
import { readAddress } from '../../../lib/local/dynamodb/address.ts';
import { live, type Used, used, usedAlone } from '../held.ts';

export type Signal = 'SIGTERM' | 'SIGKILL';

/** A gateway as its user starts it, in a process of its own. */
export type Site = {
  readonly url: string;
  readonly pid: number;
  /** What its process uses, the database not counted. */
  readonly used: () => Promise<Used>;
  /** What the database beside it uses, which has its standard error. */
  readonly usedBeside: (pid: number) => Promise<Used>;
  /** Asks it to stop, or kills it; resolves with its exit code when it and its database are gone. */
  readonly end: (signal: Signal) => Promise<number | null>;
  /** What it said last that is no call. */
  readonly said: () => string;
};

/** A place where one gateway stands after the other, on the same data. */
export type Ground = {
  readonly dataDir: string;
  /** Where the gateway is; nothing while there is none. */
  readonly door: () => string | undefined;
  /** What it uses, its database, and the folder of their data. */
  readonly used: () => Promise<Used & { readonly database: Used; readonly dataMegabytes: number }>;
  /** Kills the gateway, or stops it in peace, and starts the next; throws where it did not go as it should. */
  readonly restart: (signal: Signal) => Promise<void>;
  readonly leave: () => Promise<void>;
};

/** Starts a gateway with a database beside it on which not everything goes well. */
export async function layOut(folder: string, config: object, seed: number): Promise<Ground> {
  await bundle('gateway-web', 'dynamodb');
  cpSync(bundled('gateway-web'), join(folder, 'gateway-web'), { recursive: true });
  mkdirSync(join(folder, 'dynamodb'));
  const faulty = new URL('faulty-database.ts', import.meta.url).href;
  const real = join(bundled('dynamodb'), 'index.mjs');
  const beside = `await import(process.argv.includes('opening') ? '${pathToFileURL(real)}' : '${faulty}');\n`;
  writeFileSync(join(folder, 'dynamodb/index.mjs'), beside);
  writeFileSync(join(folder, 'sluice.config.yaml'), JSON.stringify(config));
  const dataDir = join(folder, 'data');
  const env = {
    PATH: process.env.PATH,
    PORT: '0',
    SLUICE_LOCAL: 'true',
    SLUICE_DATA_DIR: dataDir,
    SLUICE_SOAK_DATABASE: real,
    SLUICE_SOAK_SEED: String(seed),
    LAB_KEY: 'sk-lab',
    NODE_OPTIONS: `--import ${live}`, // for its database, too
  };
  const start = () => startSite(join(folder, 'gateway-web/index.mjs'), folder, env);
  let site = await start();
  let stands = true;
  return {
    dataDir,
    door: () => (stands ? site.url : undefined),
    used: async () => {
      const database = await readAddress(dataDir);
      if (database === undefined) throw new Error(`No database runs on ${dataDir}.`);
      const beside = await site.usedBeside(database.pid);
      return { ...(await site.used()), database: beside, dataMegabytes: sizeOf(dataDir) / 1024 ** 2 };
    },
    restart: async (signal) => {
      stands = false;
      const code = await site.end(signal);
      if (signal === 'SIGTERM' && code !== 0) throw new Error(`The gateway ended with ${code}:\n${site.said()}`);
      site = await start();
      stands = true;
    },
    leave: async () => void (stands && (await site.end('SIGKILL'))),
  };
}

/** The bytes of all files under a folder; those that go meanwhile are gone. */
function sizeOf(folder: string): number {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const sizes = names.map((name) => statSync(join(folder, name), { throwIfNoEntry: false }));
  return sizes.reduce((sum, stats) => sum + (stats?.isFile() ? stats.size : 0), 0);
}

/** Starts the bundled gateway, in a folder of its own; ready when its banner is printed. */
export async function startSite(program: string, cwd: string, env: NodeJS.ProcessEnv): Promise<Site> {
  const child = spawn(process.execPath, ['--import', live, program], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let [told, said]: [string, string[]] = ['', []];
  child.stderr.on('data', (piece) => {
    told = (told + piece).slice(-10_000);
  });
  const ready = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    const base = /base URL\s+(\S+)/.exec(line)?.[1];
    if (base !== undefined) ready.resolve(base);
    if (!/"message":"(call|refused)"/.test(line)) said = [...said.slice(-50), line];
  });
  // Not 'exit': the database has the same standard error, and ends it when it is gone, too.
  const gone = once(child, 'close').then(([code]): number | null => code);
  gone.then(() => ready.reject(new Error(`The gateway ended before it was ready:\n${told}`)));
  return {
    url: await ready.promise,
    pid: Number(child.pid),
    used: () => used(Number(child.pid), () => told),
    usedBeside: (pid) => usedAlone(pid, () => told),
    end: (signal) => {
      child.kill(signal);
      return gone;
    },
    said: () => `${said.join('\n')}\n${told}`,
  };
}
