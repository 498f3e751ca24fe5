import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { root } from '../support/gateway.ts';
import { callsIn } from './called.ts';
import { operator } from './operator.ts';

const { tables, dataDir, refused } = operator();
const called = callsIn(tables);

/** A person who watches the terminal, and reads line after line. */
function watching(...words: string[]) {
  const file = join(root, 'lib/cli/sluice.ts');
  const env = { PATH: process.env.PATH, SLUICE_DATA_DIR: dataDir };
  const child = spawn(process.execPath, [file, '--local', 'tail', ...words], { env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let stderr = '';
  child.stderr.on('data', (piece) => {
    stderr += piece;
  });
  const gone = once(child, 'exit').then(([code, signal]) => ({ code, signal, stderr }));
  return {
    child,
    gone,
    next: async (): Promise<string> => String((await lines.next()).value),
    rest: async (): Promise<readonly string[]> => {
      const rest: string[] = [];
      for (let read = await lines.next(); !read.done; read = await lines.next()) rest.push(read.value);
      return rest;
    },
  };
}

const well = { code: 0, signal: null, stderr: '' };

describe.concurrent('calls in the terminal', () => {
  test('are shown as they end, once each, until it is interrupted', async () => {
    const now = Date.now();
    await tables().admin.createTenant('watched');
    await called('watched', now - 600_000, { model: 'lab/old' });
    await called('watched', now - 60_000, { model: 'lab/recent', cache: 'hit' });
    const person = watching('--tenant', 'watched', '--since', '5m');
    expect(await person.next()).toMatch(
      /^BEGAN +TENANT +KEY +MODEL +STATUS +READ +WRITTEN +COST +FIRST MS +ALL MS +CACHE$/,
    );
    expect(await person.next()).toMatch(/^\S+Z +watched +key_1 +lab\/recent +ok +15 +5 +\$0\.000000001 +- +1 +hit$/);
    const failed = { model: 'lab/\u001b[31mred', status: 'failed', errorCode: 'client_closed' } as const;
    await called('watched', Date.now(), { ...failed, firstContentMs: 12.4, totalMs: 99.6 }, 2_500_000_000);
    expect(await person.next()).toMatch(/lab\/\ufffd\[31mred +client_closed +15 +5 +\$2\.5 +12 +100 +-$/);
    // Written down after one that began later: its watermark has gone by.
    await called('watched', Date.now() - 20_000, { model: 'lab/late', totalMs: 20_000 });
    expect(await person.next()).toContain('lab/late');
    person.child.kill('SIGINT');
    expect(await person.rest()).toEqual([]);
    expect(await person.gone).toEqual(well);
  });

  test('are one JSON object a line, of all tenants, with those that nobody can read', async () => {
    await tables().admin.createTenant('one');
    await tables().admin.createTenant('two');
    const at = Date.now() - 120_000;
    const first = await called('one', at, { user: 'bob', feature: 'search', cache: 'miss', firstContentMs: 3 }, 7);
    const person = watching('--json', '--since', '3m');
    expect(JSON.parse(await person.next())).toEqual({
      id: first,
      at: new Date(at).toISOString(),
      tenant: 'one',
      keyId: 'key_1',
      user: 'bob',
      feature: 'search',
      requestedModel: 'm',
      model: 'lab/m',
      status: 'ok',
      promptTokens: 15,
      completionTokens: 5,
      costNanoUsd: 7,
      firstContentMs: 3,
      totalMs: 1,
      cache: 'miss',
    });
    const second = await called('two', Date.now(), {});
    const seen: string[] = [];
    while (!seen.includes(second)) seen.push(JSON.parse(await person.next()).id);
    const torn = `${second.slice(0, -1)}_`;
    await tables().put('calls', { pk: 'tenant#two', sk: torn, at: 'a while ago' });
    let line = JSON.parse(await person.next());
    while (line.id !== torn) line = JSON.parse(await person.next());
    expect(line).toEqual({ id: torn, tenant: 'two', unreadable: true });
    person.child.kill('SIGINT');
    await person.rest();
    expect(await person.gone).toEqual(well);
  });

  test('end in peace when nobody reads them any more', async () => {
    await tables().admin.createTenant('unread');
    const person = watching('--tenant', 'unread');
    await person.next();
    person.child.stdout.destroy();
    await called('unread', Date.now(), {});
    await called('unread', Date.now(), {});
    expect(await person.gone).toEqual(well);
  });

  test.each([
    [['--tenant', 'nobody'], 'There is no tenant nobody'],
    [['--since', 'yesterday'], '--since takes a length of time'],
    [['acme'], 'says nothing to this command'],
  ])('are not shown for %j, and why is said', async (words, said) => {
    expect(await refused('tail', ...words)).toContain(said);
  });
});
