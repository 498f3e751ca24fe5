import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { calls } from '../../lib/cli/calls.ts';
import { captureText } from '../../lib/cli/capture-flags.ts';
import { type Connection, connect } from '../../lib/cli/connect.ts';
import { tenants } from '../../lib/cli/tenants.ts';
import { folderCaptures } from '../../lib/local/captures.ts';
import { callsIn } from './called.ts';
import { deployedOperator } from './deployed-operator.ts';
import { operator } from './operator.ts';

const { tables, json, says, dataDir } = operator();
const called = callsIn(tables);
const SAID = 'a private\u009b word';

const before = process.env.SLUICE_DATA_DIR;
beforeAll(async () => {
  process.env.SLUICE_DATA_DIR = dataDir;
  await tables().admin.createTenant('acme', { budgets: { day: 1 } });
});
afterAll(() => {
  if (before === undefined) delete process.env.SLUICE_DATA_DIR;
  else process.env.SLUICE_DATA_DIR = before;
});

type Told = { readonly data: unknown; readonly text: string };

/** What a deed tells an operator of the gateway here, without a process of its own. */
async function told(
  deed: typeof calls.deeds.show,
  operand: string,
  words: Readonly<Record<string, string | true>>,
  changed: (connection: Connection) => Connection = (connection) => connection,
): Promise<Told> {
  const options = new Map(Object.entries(words).map(([name, value]) => [name, value === true ? [] : [value]]));
  const connection = await connect(new Map([...options, ['local', []]]));
  try {
    const outcome = await deed?.act({ operands: [operand], options, connect: async () => changed(connection) });
    if (outcome === undefined || 'said' in outcome) throw new Error('Nothing was told.');
    return outcome;
  } finally {
    connection.close();
  }
}
const shown = (id: string, words: Readonly<Record<string, string | true>> = {}) => told(calls.deeds.show, id, words);

/** A call on record of tenant acme, and what was kept of it. */
async function keptCall(name: string): Promise<{ readonly id: string; readonly key: string }> {
  const text = JSON.stringify({ v: 1, request: { messages: [{ role: 'user', content: SAID }] }, complete: true });
  const place = { tenant: 'acme', user: 'ann', id: name };
  const key = await folderCaptures(dataDir).keep(place, text, new AbortController().signal);
  return { key, id: await called('acme', Date.now(), { capture: { key } }) };
}

/** What the audit log has of a subject, the oldest first. */
async function entriesOf(subject: string): Promise<readonly object[]> {
  const connection = await connect(new Map([['local', []]]));
  const pages = await Array.fromAsync(connection.audit?.oldestFirst() ?? []);
  connection.close();
  return pages.flat().flatMap(({ entry }) => (entry?.subject === subject ? [entry] : []));
}

describe('calls show', () => {
  test('links the capture of a call and prints none of it', async () => {
    const { id, key } = await keptCall('req_linked');
    const { data, text } = await shown(id);
    expect(text).toMatch(new RegExp(`^capture +${key}$`, 'm'));
    expect(data).toMatchObject({ capture: { key } });
    expect(JSON.stringify([data, text])).not.toContain('private');
    expect(await entriesOf(`capture of call ${id}`)).toEqual([]);
  });

  test('prints it where that is asked for, nothing a terminal would obey, and whoever reads it is on record', async () => {
    const { id, key } = await keptCall('req_read');
    const { stdout } = await says('calls', 'show', id, '--capture', '--reason', 'a complaint');
    expect(stdout).toContain('"content": "a private\\u009b word"');
    expect(stdout).not.toContain('\u009b');
    expect((await json('calls', 'show', id, '--capture')).captured.request.messages[0].content).toBe(SAID);
    const principal = expect.stringMatching(/^local:/);
    const entry = { action: 'capture.read', principal, after: { tenant: 'acme', key } };
    const entries = await entriesOf(`capture of call ${id}`);
    expect(entries).toMatchObject([{ ...entry, reason: 'a complaint' }, entry]);
    expect(JSON.stringify(entries)).not.toContain('private');
  });

  test('prints nothing that cannot be noted', async () => {
    const { id } = await keptCall('req_unnoted');
    const reads: string[] = [];
    const unnoted = (connection: Connection): Connection => ({
      ...connection,
      note: () => Promise.reject(new Error('Nothing is noted today.')),
      captures: connection.captures && {
        ...connection.captures,
        read: async (key) => {
          reads.push(key);
          return '{}';
        },
      },
    });
    await expect(told(calls.deeds.show, id, { capture: true }, unnoted)).rejects.toThrow('Nothing is noted today.');
    const unlogged = (connection: Connection): Connection => ({ ...unnoted(connection), audit: undefined });
    await expect(told(calls.deeds.show, id, { capture: true }, unlogged)).rejects.toThrow('no audit log');
    expect(reads).toEqual([]);
  });

  test('tells why there is nothing to print, and notes nothing then but the search for what is gone', async () => {
    const none = await called('acme', Date.now(), {});
    await expect(shown(none, { capture: true })).rejects.toThrow(/was not kept.*--capture on/);
    const failed = await called('acme', Date.now(), { capture: { failed: true } });
    await expect(shown(failed, { capture: true })).rejects.toThrow('could not be');
    expect((await shown(failed)).text).toMatch(/^capture +could not be kept$/m);
    for (const id of [none, failed]) expect(await entriesOf(`capture of call ${id}`)).toEqual([]);
    const gone = await called('acme', Date.now(), { capture: { key: 'captures/acme/nobody/req_gone.json.gz' } });
    await expect(shown(gone, { capture: true })).rejects.toThrow('is gone');
    expect(await entriesOf(`capture of call ${gone}`)).toHaveLength(1);
    await expect(shown(none, { reason: 'why' })).rejects.toThrow('--capture');
  });
});

describe('a tenant', () => {
  const set = (words: Readonly<Record<string, string | true>>) => told(tenants.deeds.set, 'wanting', words);

  test('says whether its prompts and answers are kept, and who said so is on record', async () => {
    const { text, data } = await set({ capture: 'on' });
    expect(data).toMatchObject({ capture: true });
    expect(text).toMatch(/^capture +on$/m);
    expect((await set({ capture: 'off', reason: 'no more' })).text).toMatch(/^capture +off$/m);
    expect((await set({ unset: 'capture' })).data).not.toHaveProperty('capture');
    await expect(set({ capture: 'yes' })).rejects.toThrow('on, off');
    expect(await entriesOf('tenant wanting')).toMatchObject([
      { action: 'tenant.create', after: { capture: true } },
      { action: 'tenant.change', reason: 'no more', before: { capture: true }, after: { capture: false } },
      { action: 'tenant.change', before: { capture: false } },
    ]);
  });

  test('that wants them where there is no place for them is told', () => {
    expect([undefined, false, true].map((wants) => captureText(wants, 'a place'))).toEqual([undefined, 'off', 'on']);
    expect(captureText(true, undefined)).toMatch(/nothing is kept.*-c captures=true/);
    expect(captureText(false, undefined)).toBe('off');
  });
});

describe('a deployed gateway without a place for captures', () => {
  const site = deployedOperator();

  test('is found by the doctor, where a tenant wants them', async () => {
    site.deployed({});
    await site.tables().admin.setTenant('acme', [{ path: ['capture'], value: true }]);
    const { problems } = JSON.parse((await site.typed('doctor', '--json')).stdout);
    const message = expect.stringMatching(/capture is on, but nothing is kept.*-c captures=true/);
    expect(problems).toContainEqual({ kind: 'no-captures', item: 'tenant#acme', message });
  });
});
