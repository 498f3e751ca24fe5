import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));
export const demoKey = 'sk-sluice-test-demo';

/** A gateway as a user starts it. */
export type Gateway = {
  readonly url: string;
  readonly key: string;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** All that was printed. */
  readonly output: () => string;
  /** The lines of calls logged so far. */
  readonly calls: () => Record<string, unknown>[];
  /** Resolves with the logged line of the call that satisfies the question, once there is one. */
  readonly call: (wanted: (call: Record<string, unknown>) => boolean) => Promise<Record<string, unknown>>;
  readonly exited: Promise<number | null>;
  stop(signal?: NodeJS.Signals): Promise<number | null>;
};

/** A fresh folder for a gateway's data, removed when `remove` is called. */
export function scratch() {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-test-'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs `npm start` on a free port; ready when its banner is printed. */
export async function startGateway(
  dataDir: string,
  config?: Record<string, unknown>,
  env: Record<string, string> = {},
): Promise<Gateway> {
  const file = join(dataDir, '..', `${dataDir.split('/').at(-1)}.config.json`);
  writeFileSync(file, JSON.stringify(config ?? {}));
  const { OPENAI_API_KEY: _, GROQ_API_KEY: __, ...inherited } = process.env;
  const child = spawn('npm', ['start'], {
    cwd: root,
    env: { ...inherited, PORT: '0', SLUICE_DATA_DIR: dataDir, SLUICE_DEMO_KEY: demoKey, SLUICE_CONFIG: file, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const calls: Record<string, unknown>[] = [];
  const watchers = new Set<() => void>();
  child.stderr.on('data', (piece) => {
    printed += piece;
  });
  const ready = Promise.withResolvers<string>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    printed += `${line}\n`;
    const base = /base URL\s+(\S+)/.exec(line)?.[1];
    if (base !== undefined) ready.resolve(base);
    if (!line.startsWith('{')) return;
    const entry = JSON.parse(line);
    if (entry.message === 'call') calls.push(entry);
    for (const wake of watchers) wake();
  });
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const url = await Promise.race([
    ready.promise,
    exited.then((code) => {
      throw new Error(`npm start ended with ${code} before it was ready:\n${printed}`);
    }),
  ]);
  return {
    url,
    key: demoKey,
    dataDir,
    process: child,
    output: () => printed,
    calls: () => calls,
    call: (wanted) =>
      new Promise((resolve) => {
        const look = () => {
          const found = calls.find(wanted);
          if (found === undefined) return;
          watchers.delete(look);
          resolve(found);
        };
        watchers.add(look);
        look();
      }),
    exited,
    stop: (signal = 'SIGTERM') => {
      child.kill(signal);
      return exited;
    },
  };
}

/** The configuration that points OpenAI's name at a provider of ours. */
export const openaiAt = (baseUrl: string) => ({
  providers: { openai: { baseUrl, allowPrivate: true, credential: 'env:TEST_PROVIDER_KEY' } },
  prices: { 'openai/*': { input: 1, output: 2 } },
});
