import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { type RuntimeApi, startRuntimeApi } from '../runtime-api.ts';

export type RuntimeOptions = {
  /** The folder that would be the function's zip: `LAMBDA_TASK_ROOT` and the working directory. */
  readonly bundleDir: string;
  /** @default 'index.handler' */
  readonly handler?: string;
  /** The function's environment variables; nothing of the test's own is inherited. With `AWS_LAMBDA_MAX_CONCURRENCY` it takes so many calls at once. */
  readonly env?: Readonly<Record<string, string>>;
};

/** How the runtime's process ended. */
export type Exit = { readonly code: number | null; readonly signal: string | null };

/** A Lambda execution environment: the real aws-lambda-ric in its own process, on a Runtime API of its own. */
export type Runtime = Pick<RuntimeApi, 'invoke' | 'initError' | 'closeUnused'> & {
  readonly pid: number | undefined;
  /** When the process was spawned, by `performance.now()`. */
  readonly spawnedAt: number;
  /** When it first asked for work. Rejects with its logs when it exits instead. */
  readonly ready: Promise<number>;
  /** What it has written so far; the runtime client prints `console.*` on stdout. May lag behind its answers. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  readonly exited: Promise<Exit>;
  /** Kills the process as the platform does, without a word, and closes its Runtime API. */
  readonly stop: () => Promise<void>;
};

/**
 * Starts a handler as Lambda would. Invocations may be queued at once; each rejects with the process's logs if it exits
 * before it answers.
 *
 *     const runtime = await startRuntime({ bundleDir: bundled('gateway'), env: { CONFIG: '…' } });
 *     const answer = await runtime.invoke(event);
 *     for await (const { text, at } of answer.pieces) …
 *     await answer.nextPoll;
 *     await runtime.stop();
 */
export async function startRuntime(options: RuntimeOptions): Promise<Runtime> {
  const api = await startRuntimeApi(Number(options.env?.AWS_LAMBDA_MAX_CONCURRENCY ?? 1));
  const spawnedAt = performance.now();
  const child = spawn(process.execPath, ['--import', hook, runtimeClient], {
    cwd: options.bundleDir,
    env: lambdaEnv(options, api.address),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ready = Promise.withResolvers<number>();
  api.firstPoll.then(ready.resolve);
  ready.promise.catch(() => {}); // a test that does not ask must not fail by it
  const exited = once(child, 'close').then(([code, signal]): Exit => {
    const reason = new Error(`The runtime exited (${code ?? signal}).\n${stdout()}${stderr()}`);
    ready.reject(reason);
    api.abandon(reason);
    return { code, signal };
  });
  return {
    invoke: api.invoke,
    initError: api.initError,
    closeUnused: api.closeUnused,
    pid: child.pid,
    spawnedAt,
    ready: ready.promise,
    stdout,
    stderr,
    exited,
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
      await api.close();
    },
  };
}

const hook = new URL('hook.mjs', import.meta.url).href;
const runtimeClient = createRequire(import.meta.url).resolve('aws-lambda-ric');

// https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
const lambdaEnv = ({ bundleDir, handler = 'index.handler', env }: RuntimeOptions, address: string) => ({
  PATH: process.env.PATH,
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
  AWS_REGION: 'us-east-1',
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: 'gateway',
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
  AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/gateway',
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  ...env,
  AWS_LAMBDA_RUNTIME_API: address,
  LAMBDA_TASK_ROOT: bundleDir,
  _HANDLER: handler,
});

function collect(stream: NodeJS.ReadableStream): () => string {
  let written = '';
  stream.setEncoding('utf8').on('data', (piece) => {
    written += piece;
  });
  return () => written;
}

/** The folder of the smallest streaming handler, to compare a cold start with. */
export const emptyHandler = fileURLToPath(new URL('../empty-handler/', import.meta.url));
