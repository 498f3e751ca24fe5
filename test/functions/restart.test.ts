import { execFile } from 'node:child_process';
import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, openaiAt, root, scratch, startGateway } from '../support/gateway.ts';
import { readingOf } from '../support/tables.ts';
import { beginStream, ending, event, startUpstream, type Upstream, wholeAnswer } from '../support/upstream.ts';

const run = promisify(execFile);
const { folder, remove } = scratch();
let upstream: Upstream;
const running = new Set<Gateway>();

beforeAll(async () => {
  upstream = await startUpstream(wholeAnswer('Hi'));
});
afterAll(async () => {
  await Promise.all([...running].map((gateway) => gateway.stop()));
  await upstream?.close();
  remove();
});

describe('a gateway that is killed and started again', () => {
  test('still has its keys and call records, whoever of the two was killed', async () => {
    const first = await start('killed');
    const { key } = await sluice(first, 'keys', 'create', '--tenant', 'demo');
    const pid = gatewayPid(first);
    await written(first, await idOf(ask(first, key)));

    process.kill(databasePid(first), 'SIGKILL'); // the gateway starts it again, on the same port
    await written(first, await idOf(answered(first, key))); // what could not be written at once is not lost

    process.kill(pid, 'SIGKILL');
    await first.exited;
    running.delete(first);

    const second = await start('killed');
    await written(second, await idOf(ask(second, key)));
    const tables = await readingOf(second.dataDir);
    expect(await tables.calls('demo')).toHaveLength(3);
    expect(await tables.spent('tenant#demo')).toMatchObject({ total: 3 * 16_000, calls: 3 });
  });

  test('makes a key at its first start only, and later names the command that makes another', async () => {
    const first = await start('keys', { SLUICE_DEMO_KEY: '' });
    const key = /key +(sk-sluice-[\w-]{43})\n/.exec(first.output())?.[1] ?? '';
    expect((await ask(first, key)).status).toBe(200);
    expect(await stopped(first)).toBe(0);

    const second = await start('keys', { SLUICE_DEMO_KEY: '' });
    expect(second.output()).not.toMatch(/sk-sluice-[\w-]{43}/);
    const command = /npm run sluice -- (--local keys create --tenant demo)/.exec(second.output())?.[1] ?? '';
    const made = await sluice(second, ...command.split(' '));
    expect((await ask(second, made.key)).status).toBe(200);
    expect((await ask(second, key)).status).toBe(200);
  });

  test('prints a curl line that works when pasted', async () => {
    const gateway = await start('curl');
    const line = /^ +(curl .*)$/m.exec(gateway.output())?.[1] ?? '';
    const { stdout } = await run('sh', ['-c', line]);
    expect(stdout).toContain('"content":"Hello"');
    expect(stdout).toContain('data: [DONE]');
  });
});

describe('a gateway that is asked to stop', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)(
    'at rest: is gone within three seconds of %s, and its database with it',
    async (signal) => {
      const gateway = await start(`rest-${signal}`);
      const pid = databasePid(gateway);
      const askedAt = performance.now();
      expect(await stopped(gateway, signal)).toBe(0);
      expect(performance.now() - askedAt).toBeLessThan(3000);
      expect(() => process.kill(pid, 0)).toThrow();
    },
  );

  test('lets a running stream end, takes no new call, and writes the old one down', async () => {
    const gateway = await start('streaming');
    const { promise: rest, resolve: sendRest } = Promise.withResolvers<void>();
    upstream.answerWith(async (_, response) => {
      beginStream(response);
      response.write(event({ content: 'begun' }));
      await rest;
      response.end(event({ content: ' ended' }) + ending);
    });
    const response = await ask(gateway, gateway.key, { stream: true });
    const reader = (response.body ?? new ReadableStream()).pipeThrough(new TextDecoderStream()).getReader();
    let text = '';
    while (!text.includes('begun')) text += (await reader.read()).value;

    const exit = stopped(gateway);
    await refusing(gateway);
    sendRest();
    for (let read = await reader.read(); !read.done; read = await reader.read()) text += read.value;
    expect(text).toMatch(/ ended[\s\S]*data: \[DONE\]/);
    expect(await exit).toBe(0);
    expect(gateway.calls().at(-1)).toMatchObject({ status: 'ok', bill: { nanoDollars: 16_000 } });
    upstream.answerWith(wholeAnswer('Hi'));
  });

  test('says whose folder it is when another gateway has it', async () => {
    const gateway = await start('taken');
    await expect(startGateway(gateway.dataDir)).rejects.toThrow(/Another gateway is using the data folder/);
  });

  test('runs beside another with a folder of its own', async () => {
    const [one, other] = await Promise.all([start('one'), start('other')]);
    expect((await ask(one)).status).toBe(200);
    expect((await ask(other)).status).toBe(200);
  });
});

describe('a configuration that cannot be used', () => {
  test('stops the start, with the file, the line and the field', async () => {
    const wrong = { providers: { openai: { baseurl: 'https://x.example' } } };
    await expect(startGateway(join(folder, 'wrong'), wrong)).rejects.toThrow(
      /wrong\.config\.json:1: providers\.openai\.baseurl is not a field/,
    );
  });

  test('stops the start when it stands in the environment, too', async () => {
    const env = { AZURE_OPENAI_ENDPOINT: 'acme.openai.azure.com', AZURE_OPENAI_API_KEY: 'x' };
    await expect(startGateway(join(folder, 'address'), {}, env)).rejects.toThrow(/address of azure in the environment/);
  });
});

async function start(name: string, env: Record<string, string> = {}): Promise<Gateway> {
  const gateway = await startGateway(join(folder, name), openaiAt(upstream.baseUrl), {
    TEST_PROVIDER_KEY: 'sk-provider',
    ...env,
  });
  running.add(gateway);
  return gateway;
}

function stopped(gateway: Gateway, signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
  running.delete(gateway);
  return gateway.stop(signal);
}

function ask(gateway: Gateway, key = gateway.key, more: object = {}): Promise<Response> {
  return fetch(`${gateway.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'openai/m', messages: [{ role: 'user', content: 'Hello' }], ...more }),
  });
}

/** Asks until the gateway answers again: while its database is away it must say 503, and nothing else. */
async function answered(gateway: Gateway, key: string): Promise<Response> {
  for (;;) {
    const response = await ask(gateway, key);
    if (response.status === 200) return response;
    expect(response.status).toBe(503);
  }
}

async function idOf(asked: Promise<Response>): Promise<string> {
  const response = await asked;
  expect(response.status).toBe(200);
  return response.headers.get('x-request-id') ?? '';
}

/** Reads until the call is in the journal and in the ledger. */
async function written(gateway: Gateway, id: string): Promise<void> {
  for (;;) {
    const tables = await readingOf(gateway.dataDir).catch(() => undefined);
    const calls = (await tables?.calls('demo').catch(() => [])) ?? [];
    const spent = await tables?.spent('tenant#demo').catch(() => undefined);
    if (calls.some((call) => call.id === id) && spent?.calls === calls.length) return;
  }
}

/** Resolves when the gateway takes no new connections. */
async function refusing(gateway: Gateway): Promise<void> {
  const health = new URL('/healthz', gateway.url);
  while (
    await fetch(health, { headers: { connection: 'close' } }).then(
      (r) => r.body?.cancel().then(() => true),
      () => false,
    )
  );
}

async function sluice(gateway: Gateway, ...words: string[]) {
  const { stdout } = await run('npm', ['run', '-s', 'sluice', '--', '--local', '--json', ...words], {
    cwd: root,
    env: { ...process.env, SLUICE_DATA_DIR: gateway.dataDir },
  });
  return JSON.parse(stdout);
}

const databasePid = (gateway: Gateway): number =>
  JSON.parse(readFileSync(join(gateway.dataDir, 'dynamodb.json'), 'utf8')).pid;

/** npm runs a shell, or becomes one; the server is the process the database is a child of. */
function gatewayPid(gateway: Gateway): number {
  const [, parent = ''] = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${databasePid(gateway)}/status`, 'utf8')) ?? [];
  expect(readlinkSync(`/proc/${parent}/exe`)).toContain('node');
  return Number(parent);
}
