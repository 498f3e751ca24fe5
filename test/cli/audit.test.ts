import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { auditLog } from '../../lib/aws/audit-log.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { auditTable } from '../../lib/aws/tables.ts';
import { keyHash } from '../../lib/pipeline/authenticate.ts';
import { demoKey, root } from '../support/gateway.ts';
import { operator } from './operator.ts';

const { tables, says, json, refused, dataDir } = operator();

const LOCAL = expect.stringMatching(/^local:.+@.+/);
type Named = { readonly subject: string };

const lines = (text: string) => text.trimEnd().split('\n');

describe('an operator’s changes', () => {
  test('of a tenant are in the log, each with who, what, before, after and why', async () => {
    await json('tenants', 'set', 'acme', '--budget-day', '5', '--reason', 'a new customer');
    await json('tenants', 'set', 'acme', '--budget-day', '9');
    await json('tenants', 'set', 'acme', '--budget-day', '9'); // changes nothing
    await json('cache', 'clear', '--tenant', 'acme', '--reason', 'wrong answers');
    await json('tenants', 'remove', 'acme', '--reason', 'has left');
    const entries = (await json('audit', 'list', '--principal', 'local:')).filter(({ subject }: Named) =>
      subject.endsWith('tenant acme'),
    );
    expect(entries).toMatchObject([
      { action: 'tenant.remove', reason: 'has left', principal: LOCAL, before: { budgets: { day: 9 } } },
      { action: 'cache.clear', subject: 'cache of tenant acme', reason: 'wrong answers', principal: LOCAL },
      { action: 'tenant.change', before: { budgets: { day: 5 } }, after: { budgets: { day: 9 } }, principal: LOCAL },
      { action: 'tenant.create', reason: 'a new customer', after: { budgets: { day: 5 } }, principal: LOCAL },
    ]);
    for (const absent of ['after', 'changed']) expect(entries[0]).not.toHaveProperty(absent);
  });

  test('of a key are in the log, one for each secret, and none has a trace of a secret', async () => {
    const { id, key } = await json('keys', 'create', '--tenant', 'demo', '--name', 'ci');
    await json('keys', 'set', id, '--rpm', '60', '--reason', 'a loop');
    const rotated = await json('keys', 'rotate', id, '--grace', '1h');
    await json('keys', 'revoke', id, '--reason', 'leaked');
    expect(await json('audit', 'list', '--subject', `key ${id}`)).toMatchObject([
      { action: 'key.revoke', reason: 'leaked' },
      { action: 'key.revoke', reason: 'leaked' },
      { action: 'key.rotate' }, // the end of the old one
      { action: 'key.rotate' },
      { action: 'key.change', reason: 'a loop' },
      { action: 'key.create' },
    ]);
    const { stdout } = await says('audit', 'export');
    for (const secret of [key, rotated.key, demoKey])
      for (const trace of [secret, keyHash(secret)]) expect(stdout).not.toContain(trace);
  });

  test('are listed for people, by what is asked', async () => {
    await json('tenants', 'set', 'listed', '--budget-day', '5', '--reason', 'new');
    await json('tenants', 'set', 'listed', '--rpm', '60');
    const { stdout } = await says('audit', 'list', '--subject', 'tenant listed', '--since', '1h');
    expect(lines(stdout)[0]).toMatch(/^AT +BY +ACTION +SUBJECT +CHANGED +REASON$/);
    expect(lines(stdout)[1]).toMatch(/Z +local:\S+ +tenant\.change +tenant listed +rates\.rpm \(new\)$/);
    expect(lines(stdout)[2]).toMatch(/tenant\.create +tenant listed +budgets\.day \(new\), .* new$/);
    expect(lines(stdout)).toHaveLength(3);
    const asked = (...words: string[]) => json('audit', 'list', '--subject', 'tenant listed', ...words);
    expect(await asked('--action', 'tenant.create')).toHaveLength(1);
    expect(await asked('--principal', 'local:')).toHaveLength(2);
    expect(await asked('--principal', 'arn:')).toEqual([]);
    expect(await asked('--limit', '1')).toMatchObject([{ action: 'tenant.change' }]);
    expect((await says('audit', 'list', '--subject', 'nobody')).stdout).toBe('No such change is in the log.\n');
    expect(await refused('audit', 'list', '--limit', '0')).toContain('--limit takes a number of changes');
    expect(await refused('tenants', 'set', 'listed', '--reason', 'é'.repeat(1_001))).toContain(
      '--reason takes a text of at most 2000 bytes, not of 2002.',
    );
    expect(await refused('tenants', 'list', '--reason', 'x')).toContain('There is no option --reason.');
  });

  test('of the configuration are in the log, and why is the note unless it is told', async () => {
    const apply = async (model: string, ...words: string[]) => {
      writeFileSync(
        `${dataDir}/a.yaml`,
        `models: { fast: lab/${model} }\nproviders: { lab: { kind: openai-compatible, baseUrl: https://lab.example/v1 } }\n`,
      );
      return json('config', 'apply', `${dataDir}/a.yaml`, ...words);
    };
    const { version } = await apply('m', '--note', 'first');
    await apply('n', '--note', 'second', '--reason', 'cheaper');
    await json('config', 'rollback');
    expect(await json('audit', 'list', '--subject', 'config')).toMatchObject([
      { action: 'config.rollback', reason: `rollback to version ${version}`, after: { version: version + 2 } },
      { action: 'config.create-history', subject: `config version ${version + 2}`, principal: LOCAL },
      { action: 'config.apply', reason: 'cheaper', before: { version }, after: { version: version + 1 } },
      { action: 'config.create-history', reason: 'cheaper', after: { note: 'second' } },
      { action: 'config.apply', reason: 'first', after: { version, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) } },
      { action: 'config.create-history', reason: 'first', after: { note: 'first' } },
    ]);
  });

  test('are exported, the oldest first, as they were hashed', async () => {
    await json('tenants', 'set', 'exported');
    const { code, stdout } = await says('audit', 'export', '--since', '1h');
    const entries = lines(stdout).map((line) => JSON.parse(line));
    expect(code).toBe(0);
    for (const [at, { previous }] of entries.slice(1).entries()) expect(previous.hash).toBe(entries[at].hash);
    expect(entries.at(-1)).toMatchObject({ subject: 'tenant exported' });
  });
});

test('an export ends in quiet when whoever read it has gone, as head does', async () => {
  const client = dynamodb({ endpoint: tables().endpoint, tryMs: 5_000, tries: 2 });
  const large = { at: new Date().toISOString(), principal: 'ada', action: 'tenant.change', subject: 'tenant large' };
  const after = { text: 'x'.repeat(90_000) }; // more than a pipe holds
  await auditLog(client, auditTable.localName).append({ ...large, after, source: 'large' });
  client.destroy();
  const env = { PATH: process.env.PATH, SLUICE_DATA_DIR: dataDir };
  const child = spawn(process.execPath, [join(root, 'lib/cli/sluice.ts'), '--local', 'audit', 'export'], { env });
  child.stdout.destroy();
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit')]);
  expect([said, code]).toEqual(['', 0]);
});

describe('who tampers with the log', () => {
  const head = async () => (await json('audit', 'verify')).newest;
  const wrong = async (...words: string[]) => {
    const { code, stdout, stderr } = await says('audit', 'verify', ...words);
    expect([code, stderr]).toEqual([1, '']);
    return stdout;
  };
  const item = async (place: string) => {
    const found = await tables().item('audit', 'audit', place);
    if (found === undefined) throw new Error(`There is no entry ${place}.`);
    return found;
  };
  const tamper = (changed: Readonly<Record<string, unknown>>) => tables().put('audit', changed);
  const earlier = ({ place }: { readonly place: string }, by = 1) =>
    place.replace(/\d{6}$/, (number) => String(Number(number) - by).padStart(6, '0'));

  test('by altering one entry is found out, and so is one who takes the hash along', async () => {
    for (const name of ['one', 'two', 'three']) await json('tenants', 'set', name);
    const { stdout } = await says('audit', 'verify');
    expect(stdout).toMatch(/^\d+ entries are right\. The newest is 20\S+#\d{6}, with the hash\n[0-9a-f]{64}\n$/);
    const newest = await head();
    const place = earlier(newest);
    const real = await item(place);
    for (const altered of [{ principal: 'eve' }, { after: '{"v":1 }' }, { reason: 'x' }, { extra: 1 }]) {
      await tamper({ ...real, ...altered });
      expect(await wrong()).toMatch(new RegExp(`^Entry ${place} (was altered|cannot be read)`));
    }
    expect((await says('audit', 'list')).stdout).toContain('Something among them cannot be read');
    await tamper({ ...real, hash: newest.hash });
    expect(await wrong()).toContain(`Entry ${place} was altered`);
    await tamper(real);
    expect(await json('audit', 'verify', '--expect', String(real.hash))).toMatchObject({ ok: true });
  });

  test('by cutting the newest entries is found out by whoever noted a hash, or by the next entry’s place', async () => {
    for (const name of ['four', 'five']) await json('tenants', 'set', name);
    const newest = await head();
    const client = dynamodb({ endpoint: tables().endpoint, tryMs: 5_000, tries: 2 });
    const remove = (sk: string) =>
      client.send(
        new DeleteItemCommand({ TableName: auditTable.localName, Key: { pk: { S: 'audit' }, sk: { S: sk } } }),
      );
    const kept = await item(newest.place);
    await remove(newest.place);
    expect(await json('audit', 'verify')).toMatchObject({ ok: true }); // the table alone cannot tell
    expect(await wrong('--expect', newest.hash)).toContain('was cut off, or replaced');
    await tamper(kept);
    const middle = await item(earlier(newest));
    await remove(earlier(newest));
    expect(await wrong()).toContain(`Entry ${newest.place} comes after ${earlier(newest)}, which is missing.`);
    await tamper(middle);
    expect(await refused('audit', 'verify', '--expect', 'abc')).toContain('64 hexadecimal digits');
    client.destroy();
  });

  test('sees it in JSON, with the place', async () => {
    const newest = await head();
    const real = await item(newest.place);
    await tamper({ ...real, subject: 'tenant other' });
    const { code, stdout } = await says('audit', 'verify', '--json', '--since', '1d');
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      ok: false,
      place: newest.place,
      problem: expect.stringContaining('altered'),
    });
    await tamper(real);
  });
});

test('commands at the same moment write one chain', async () => {
  const names = Array.from({ length: 6 }, (_, at) => `same-${at}`);
  await Promise.all(names.map((name) => json('tenants', 'set', name)));
  expect(await json('audit', 'list', '--subject', 'tenant same-')).toHaveLength(6);
  expect(await json('audit', 'verify')).toMatchObject({ ok: true });
  const client = dynamodb({ endpoint: tables().endpoint, tryMs: 5_000, tries: 2 });
  const pages = await Array.fromAsync(auditLog(client, auditTable.localName).oldestFirst());
  expect(pages.flat().every(({ entry }) => entry !== undefined)).toBe(true);
  client.destroy();
});
