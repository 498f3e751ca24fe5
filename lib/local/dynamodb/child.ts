import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { toFields } from './fields.ts';

/** What it takes to start one database process. */
export type Launch = {
  readonly dataDir: string;
  /** 0 is any free port. */
  readonly port: number;
  /** The file Node runs: `main.ts`, or its bundle. */
  readonly program: string;
  /** How often expired items are deleted. @default - every minute */
  readonly sweepMs?: number | undefined;
};

/** One database process. */
export type Child = {
  /** Its endpoint; rejects with the reason it gave for not starting. */
  readonly ready: Promise<string>;
  /** How it ended, in words. */
  readonly ended: Promise<string>;
  /** Lets it close the store and go. */
  readonly dismiss: () => void;
};

/** Starts a database process, which lives until it is dismissed or we die. */
export function spawnDatabase({ dataDir, port, program, sweepMs }: Launch): Child {
  const sweep = sweepMs === undefined ? [] : ['--sweep-ms', `${sweepMs}`];
  const child = spawn(process.execPath, [program, '--data', dataDir, '--port', `${port}`, ...sweep], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  // A killed process resets its pipe; that it ended is all we need to know.
  child.stdin.on('error', () => {});
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('exit', (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  const ready = readiness(createInterface(child.stdout), ended);
  ready.finally(() => child.stdout.resume()).catch(() => {}); // what it says later is for nobody, and must not stand in its way
  return { ready, ended, dismiss: () => child.stdin.end() };
}

async function readiness(lines: AsyncIterable<string>, ended: Promise<string>): Promise<string> {
  for await (const line of lines) {
    const { endpoint, error } = toFields(JSON.parse(line));
    if (typeof endpoint === 'string') return endpoint;
    if (typeof error === 'string') throw new Error(error);
  }
  throw new Error(`The local database ended before it was ready (${await ended}).`);
}
