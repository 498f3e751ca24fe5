import { randomBytes } from 'node:crypto';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { keyHash } from '../../lib/pipeline/authenticate.ts';
import { median } from '../bench/printed.ts';
import { type Counting, startCounting } from '../support/counting.ts';
import { type House, openHouse } from '../support/door.ts';
import { type Gateway, scratch, startGateway } from '../support/gateway.ts';
import { filesUnder, piecesIn } from '../support/security/at-rest.ts';
import { type Doors, doorNames, openDoors } from '../support/security/doors.ts';
import { sluice } from '../support/sluice.ts';
import { readingOf } from '../support/tables.ts';
import { startUpstream, type Upstream } from '../support/upstream.ts';

const random = () => randomBytes(24).toString('base64url');

describe('the keys of a gateway that is used, at rest', () => {
  const { folder, remove } = scratch();
  const dataDir = join(folder, 'data');
  /** All that was ever secret, by what it is. */
  const secrets: Record<string, string> = {
    'the demo key': `sk-sluice-${random()}`,
    'a provider key': random(),
    'a key that is unknown': `sk-sluice-${random()}`,
    'an idempotency-key': random(),
    'a password': random(),
  };
  const seen: string[] = [];
  let gateway: Gateway;
  let upstream: Upstream;
  beforeAll(async () => {
    upstream = await startUpstream();
    const lab = { kind: 'openai-compatible', baseUrl: upstream.baseUrl, allowPrivate: true, credential: 'env:LAB_KEY' };
    const config = { providers: { lab }, prices: { '*': { input: 1, output: 2 } }, cache: { mode: 'exact' } };
    const env = { SLUICE_DEMO_KEY: secrets['the demo key'] ?? '', LAB_KEY: secrets['a provider key'] ?? '' };
    gateway = await startGateway(dataDir, config, { ...env, POWERTOOLS_LOG_LEVEL: 'DEBUG' });
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.close();
    remove();
  });

  const operate = async (...words: string[]) => {
    const { stdout, stderr } = await sluice(['--local', ...words, '--json'], dataDir, inject('bundledSluice'));
    seen.push(stderr);
    if (stdout === '') throw new Error(stderr);
    return JSON.parse(stdout.split('\n')[0] ?? '');
  };
  const ask = async (headers: Readonly<Record<string, string>>, model = 'lab/m') => {
    const body = JSON.stringify({ model, messages: [{ role: 'user', content: 'Hello' }] });
    const type = { 'content-type': 'application/json' };
    const response = await fetch(`${gateway.url}/chat/completions`, {
      method: 'POST',
      headers: { ...type, ...headers },
      body,
    });
    seen.push(JSON.stringify([...response.headers]), await response.text());
    return response.status;
  };
  const bearer = (secret = '') => ({ authorization: `Bearer ${secret}` });

  test('are in no file, no table, no line of the log and no answer; their hashes are', async () => {
    await operate('tenants', 'set', 'acme', '--budget-month', 'none');
    for (const grace of ['2h', '0', '1h']) {
      const made = await operate('keys', 'create', '--tenant', 'acme', '--name', 'robot');
      const rotated = await operate('keys', 'rotate', made.id, '--grace', grace);
      secrets[`a first secret (${grace})`] = made.key;
      secrets[`a second secret (${grace})`] = rotated.key;
      expect(await ask(bearer(rotated.key))).toBe(200);
      await ask(bearer(made.key));
      if (grace !== '1h') await operate('keys', 'revoke', made.id);
      seen.push(JSON.stringify(await operate('keys', 'list')), JSON.stringify(await operate('audit', 'list')));
    }
    const current = secrets['a second secret (1h)'] ?? '';
    const named = { 'idempotency-key': secrets['an idempotency-key'] ?? '' };
    expect(await ask({ ...bearer(current), ...named })).toBe(200);
    expect(await ask({ ...bearer(current), ...named })).toBe(200);
    expect(await ask(bearer(secrets['a key that is unknown']))).toBe(401);
    expect(await ask({ authorization: `Basic ${secrets['a password']}` })).toBe(401);
    expect(await ask({ 'x-api-key': secrets['a key that is unknown'] ?? '' })).toBe(401);
    expect(await ask(bearer(current), 'lab/none/at/all')).toBe(200);

    const tables = await readingOf(dataDir);
    for (const table of ['access', 'counters', 'calls', 'cache'] as const)
      expect([table, piecesIn(await tables.everything(table), secrets)]).toEqual([table, []]);
    expect(await tables.everything('access')).toContain(keyHash(current));
    await gateway.stop(); // all is on disk
    const files = filesUnder(dataDir);
    for (const { file, text } of files) expect([file, piecesIn(text, secrets)]).toEqual([file, []]);
    // The search finds what is there: the hash of a key, though the files are compressed.
    const there = { hash: keyHash(current) };
    expect(files.flatMap(({ text }) => piecesIn(text, there))).not.toEqual([]);
    // What is printed shows one key, to the person at the terminal, before the first call: that of the demo.
    const banner = gateway.output().indexOf('curl -N');
    const lines = gateway.output().slice(gateway.output().indexOf('\n', banner));
    expect([banner > 0, piecesIn(lines, secrets)]).toEqual([true, []]);
    expect(lines).toContain('"message":"call"');
    expect(piecesIn(seen.join('\n'), secrets)).toEqual([]);
    expect(upstream.asked.length).toBeGreaterThan(3);
    const { 'a provider key': own = '', ...others } = secrets;
    for (const { headers, body } of upstream.asked) {
      expect(headers.authorization).toBe(`Bearer ${own}`);
      expect(piecesIn(JSON.stringify([headers, body]), others)).toEqual([]);
    }
  }, 120_000);

  test('lie in a folder that nobody but its owner may enter', () => {
    for (const path of [dataDir, join(dataDir, 'dynamodb')])
      expect([path, statSync(path).mode & 0o077]).toEqual([path, 0]);
  });
});

describe('a key that is wrong', () => {
  const TURNS = 12;
  /** How long calls took, by the kind of their key: printed for whoever wants to see it, for no test can hold a time. */
  const times = new Map<string, number[]>();
  let line: Counting;
  let house: House;
  beforeAll(async () => {
    house = await openHouse({
      endpoint: async ({ direct }) => {
        line = await startCounting(direct);
        return line.endpoint;
      },
    });
    for (let turn = 0; turn < 50; turn++) await answerTo(random()); // until it is warm
  });
  afterAll(async () => {
    await house?.close();
    await line?.close();
    const figures = [...times].map(([kind, all]) => `${kind}: ${median(all).toFixed(2)} ms`);
    process.stdout.write(`A wrong key, median of ${TURNS} calls\n  ${figures.join('\n  ')}\n`);
  });

  async function answerTo(secret: string): Promise<string> {
    const response = await house.ask(secret);
    return `${response.status} ${(await response.text()).replace(/req_\w+/g, '')}`;
  }
  /** What is read from the database for a call with this key, and what is answered. */
  async function workFor(secret: string, kind: string) {
    const before = line.passed.length;
    const began = performance.now();
    const answer = await answerTo(secret);
    times.set(kind, [...(times.get(kind) ?? []), performance.now() - began]);
    const reads = line.passed.slice(before).map(({ operation, table, text }) => `${operation} ${table} ${text}`);
    return { answer, reads };
  }
  const readOf = (what: string) => expect.stringMatching(`^GetItem Access .*${what}`);

  test('is one read by its hash, and one answer, however near it is to a key there is', async () => {
    const { key, id, tenant } = await house.keyOf({ budgets: 'none' });
    const near = (at: number) => `${key.slice(0, at)}${key[at] === 'A' ? 'B' : 'A'}${key.slice(at + 1)}`;
    const guesses = {
      'of another shape': random,
      'of our shape': () => `sk-sluice-${randomBytes(32).toString('base64url')}`,
      'wrong in one of the first letters': (turn: number) => `${near(10 + turn)}`,
      'wrong in one of the last letters': (turn: number) => near(key.length - 2 - turn),
      'with more behind it': (turn: number) => `${key}${turn}`,
      'a part of one': (turn: number) => key.slice(0, key.length - 1 - turn),
      'its hash': (turn: number) => keyHash(key).slice(0, 64 - turn),
      'its id': (turn: number) => id.slice(0, id.length - turn),
      'its tenant': (turn: number) => `${tenant}${'x'.repeat(turn)}`,
    };
    const answers = new Set<string>();
    for (let turn = 0; turn < TURNS; turn++)
      for (const [kind, guess] of Object.entries(guesses)) {
        const secret = guess(turn);
        const { answer, reads } = await workFor(secret, kind);
        answers.add(answer);
        expect([kind, reads]).toEqual([kind, [readOf(keyHash(secret))]]);
      }
    expect(answers.size).toBe(1);
  });

  test('is answered the same where it was a key once, for one read more: its tenant’s', async () => {
    const { admin } = house.tables;
    const { tenant } = await house.keyOf({ budgets: 'none' });
    const expires = new Date(Date.now() - 1_000).toISOString();
    const answers = new Set<string>();
    for (let turn = 0; turn < TURNS; turn++) {
      const revoked = await admin.createKey({ tenant });
      await admin.revokeKey(revoked.id);
      const expired = await admin.createKey({ tenant, expires });
      answers.add((await workFor(random(), 'unknown')).answer);
      for (const [kind, { key }] of Object.entries({ revoked, expired })) {
        const { answer, reads } = await workFor(key, kind);
        answers.add(answer);
        expect([kind, reads]).toEqual([kind, [readOf(keyHash(key)), readOf(`tenant#${tenant}`)]]);
      }
    }
    expect(answers.size).toBe(1);
  });

  test('costs one read at most, whoever asks how often', async () => {
    const secret = `sk-sluice-${random()}`;
    const before = line.passed.length;
    await Promise.all(Array.from({ length: 40 }, () => answerTo(secret)));
    expect(line.passed.length - before).toBe(1);
  });
});

describe('a change of a key', () => {
  let doors: Doors;
  beforeAll(async () => {
    doors = await openDoors();
  });
  afterAll(() => doors?.close());

  const SOON = { timeout: 5_000, interval: 100 };
  const body = { model: 'lab/m', messages: [{ role: 'user', content: 'Hello' }], max_tokens: 3 };

  test('is known at each door within five seconds, though it knew the key a moment ago', async () => {
    const { admin } = doors.house.tables;
    const { key, id, tenant } = await doors.house.keyOf({ budgets: 'none' });
    const other = await admin.createKey({ tenant });
    const path = '/v1/chat/completions';
    const statuses = (secret: string, model = 'lab/m') =>
      Promise.all(
        doorNames.map(async (door) => {
          const { status } = await doors.through[door]({ method: 'POST', path, key: secret, body: { ...body, model } });
          return status;
        }),
      );
    expect([await statuses(key), await statuses(other.key)]).toEqual([both(200), both(200)]);

    await admin.revokeKey(id);
    await expect.poll(() => statuses(key), SOON).toEqual(both(401));
    expect(await statuses(other.key)).toEqual(both(200)); // its own, not its tenant's

    await admin.setTenant(tenant, [{ path: ['models'], value: ['lab/other'] }]);
    await expect.poll(() => statuses(other.key), SOON).toEqual(both(403));
    expect(await statuses(other.key, 'lab/other')).toEqual(both(200));
  });
});

const both = (status: number) => doorNames.map(() => status);
