import { describe, expect, test } from 'vitest';
import { configStore } from '../../lib/aws/config-store.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { toContent } from '../../lib/config/content.ts';
import { callsIn } from './called.ts';
import { operator } from './operator.ts';

const { tables, says, json, refused } = operator();
const called = callsIn(tables);
const hour = 3_600_000;

/** What a list says, line by line. */
async function lines(...words: string[]): Promise<readonly string[]> {
  const { code, stdout, stderr } = await says('calls', 'list', ...words);
  expect([code, stderr]).toEqual([0, '']);
  return stdout.trimEnd().split('\n');
}
const idsOf = (calls: readonly { readonly id: string }[]) => calls.map(({ id }) => id);

describe.concurrent('calls on record', () => {
  test('are listed the newest first, a line each, so many at most, and older ones from there', async () => {
    const now = Date.now();
    await tables().admin.createTenant('busy');
    const ids: string[] = [];
    for (let at = 5; at > 0; at--) ids.unshift(await called('busy', now - at * 1_000, { keyId: 'key_busy' }));
    const [title, first, second, , last] = await lines('--tenant', 'busy', '--limit', '2');
    expect(title).toMatch(
      /^BEGAN +ID +MODEL +STATUS +READ +WRITTEN +COST +FIRST MS +ALL MS +CACHE +FEATURE +USER +KEY$/,
    );
    expect(first).toMatch(
      new RegExp(`^\\S+Z +${ids[0]} +lab/m +ok +15 +5 +\\$0\\.000000001 +- +1 +- +- +- +key_busy$`),
    );
    expect(second).toContain(ids[1]);
    expect(last).toContain(`--before ${ids[1]}`);
    const rest = await lines('--tenant', 'busy', '--before', String(ids[1]));
    expect(rest).toHaveLength(4);
    expect(rest[1]).toContain(ids[2]);
    expect(idsOf(await json('calls', 'list', '--key', 'key_busy'))).toEqual(ids);
  });

  test('are listed by key with their tenant, by feature within one tenant, and by what else they were', async () => {
    const now = Date.now();
    const feature = 'search';
    await tables().admin.createTenant('one');
    await tables().admin.createTenant('two');
    const old = await called('one', now - 30 * hour, { keyId: 'key_one', feature });
    const bob = await called('one', now - 3_000, { keyId: 'key_one', feature, user: 'bob', requestedModel: 'fast' });
    const lost = await called('one', now - 2_000, { keyId: 'key_1b', status: 'failed', errorCode: 'client_closed' });
    const foreign = await called('two', now - 1_000, { keyId: 'key_two', feature });
    const list = async (...words: string[]) => idsOf(await json('calls', 'list', ...words));
    expect(await list('--tenant', 'one', '--feature', feature)).toEqual([bob, old]);
    expect(await list('--tenant', 'two', '--feature', feature)).toEqual([foreign]);
    expect(await list('--tenant', 'one', '--feature', feature, '--since', '1h')).toEqual([bob]);
    expect(await list('--key', 'key_one', '--feature', feature, '--user', 'bob')).toEqual([bob]);
    expect(await list('--key', 'key_two', '--tenant', 'one')).toEqual([]);
    expect(await list('--tenant', 'one', '--model', 'fast')).toEqual([bob]);
    expect((await lines('--key', 'key_two'))[1]).toMatch(/ +search +- +two$/);
    const failed = await lines('--tenant', 'one', '--status', 'failed');
    expect(failed).toHaveLength(2);
    expect(failed[1]).toMatch(new RegExp(`${lost}.* client_closed `));
  });

  test('are looked for through all that is read, until there are enough', async () => {
    await tables().admin.createTenant('deep');
    const rare = await called('deep', Date.now() - 2 * hour, { keyId: 'key_deep', user: 'rare' });
    const rows = Array.from({ length: 130 }, (_, at) => called('deep', Date.now() - at, { keyId: 'key_deep' }));
    await Promise.all(rows);
    for (const whose of [
      ['--tenant', 'deep'],
      ['--key', 'key_deep'],
    ]) {
      expect(idsOf(await json('calls', 'list', ...whose, '--user', 'rare', '--limit', '1'))).toEqual([rare]);
      expect(await json('calls', 'list', ...whose, '--user', 'rare', '--since', '1h')).toEqual([]);
    }
    expect(await lines('--tenant', 'deep', '--user', 'none')).toEqual(['No such call is on record.']);
  });

  test('say nothing to a terminal but text, and those that nobody can read are among them', async () => {
    await tables().admin.createTenant('odd');
    const words = { user: 'a\u001b[31m', feature: 'b\u009b2J', model: 'lab/\u0007' };
    const id = await called('odd', Date.now(), { ...words, keyId: 'key_odd', metadata: { c: 'd\u001bc\n' } });
    await tables().put('calls', { pk: 'tenant#odd', sk: 'req_torn', at: 'a while ago', keyId: 'k\u001b' });
    const listed = await lines('--tenant', 'odd');
    const shown = await says('calls', 'show', id);
    const torn = await says('calls', 'show', 'req_torn');
    for (const text of [...listed, shown.stdout, torn.stdout]) expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(shown.stdout).toMatch(/metadata +c=d\ufffdc\ufffd\n/);
    expect(shown.stdout).toMatch(/user +a\ufffd\[31m/);
    expect(listed.find((line) => line.includes('req_torn'))).toContain('cannot be read');
    expect(torn.stdout).toMatch(/began +a while ago/);
  });

  test.each([
    [['list'], 'Name whose calls'],
    [['list', '--feature', 'search'], 'Name whose calls'],
    [['list', '--tenant', 'nobody'], 'There is no tenant nobody'],
    [['list', '--key', 'key_none'], 'There is no key key_none'],
    [['list', '--tenant', 'demo', '--limit', '0'], '--limit takes a number of calls'],
    [['list', '--tenant', 'demo', '--status', 'bad'], '--status takes one of ok, failed'],
    [['list', '--tenant', 'demo', '--before', 'yesterday'], 'is no request id'],
    [['list', '--tenant', 'demo', '--since', 'yesterday'], '--since takes a length of time'],
    [['list', 'acme'], 'says nothing to this command'],
    [['show'], 'Name one request id'],
    [['show', 'chatcmpl-1'], 'is no request id'],
  ])('are not shown for %j, and why is said', async (words, said) => {
    expect(await refused('calls', ...words)).toContain(said);
  });
});

describe('a call on record', () => {
  const tried = { provider: 'lab', usage: { input: 10, cacheRead: 5, output: 3, reasoning: 2 } };
  const facts = {
    keyId: 'key_whole',
    user: 'ann',
    feature: 'search',
    prompt: 'greet@3',
    metadata: { run: 'r1' },
    stream: true,
    requestedModel: 'support',
    route: 'support',
    arm: 'support/0',
    attempts: [
      { provider: 'lab', target: 'lab/m', status: 503, ms: 12.34, blame: 'moment', usage: {}, nanoDollars: 0 },
      { ...tried, target: 'spare/m', status: 200, ms: 80, nanoDollars: 2_500, estimated: false },
    ],
    finish: 'stop',
    cache: 'miss',
    cacheKey: 'a1b2',
    firstContentMs: 81.55,
    totalMs: 90,
    configVersion: 7,
    region: 'eu-central-1',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
  } as const;

  test('is told whole, found by its id alone', async () => {
    await tables().admin.createTenant('whole');
    const id = await called('whole', Date.UTC(2026, 10, 23, 12), facts, 2_500);
    const { code, stdout } = await says('calls', 'show', id);
    expect(code).toBe(0);
    expect(stdout).toBe(`call           ${id}
tenant         whole
began          2026-11-23T12:00:00.000Z
key            key_whole
user           ann
feature        search
prompt         greet@3
endpoint       /v1/chat/completions
streamed       yes
asked for      support
route          support
arm            support/0
model          lab/m
status         ok
finish         stop
first content  81.6 ms
in all         90 ms
our own part   1 ms
cache          miss
cache key      a1b2
configuration  7
region         eu-central-1
trace          4bf92f3577b34da6a3ce929d0e0e4736
metadata       run=r1
cost           $0.0000025
tokens         10 input, 5 cacheRead, 3 output, 2 reasoning

ATTEMPT  STATUS  MS  TOKENS                                        COST        BLAME
lab/m    503     12                                                $0          moment
spare/m  200     80  10 input, 5 cacheRead, 3 output, 2 reasoning  $0.0000025
`);
    const told = await json('calls', 'show', id);
    expect(told).toMatchObject({ object: 'call', id, ...facts, cost: 0.0000025 });
    for (const ours of ['pk', 'sk', 'ttl', 'featureId', 'mark']) expect(told).not.toHaveProperty(ours);
    expect(await json('calls', 'list', '--tenant', 'whole')).toEqual([told]);
  });

  test('shows what a later release wrote that this one does not know', async () => {
    await tables().admin.createTenant('later');
    const record = { pk: 'tenant#later', sk: 'req_later', id: 'req_later', novelty: { seen: 1 }, attempts: [] };
    await tables().put('calls', record);
    const { stdout } = await says('calls', 'show', 'req_later');
    expect(stdout).toMatch(/novelty +\{"seen":1\}/);
    expect(stdout).toContain('No provider was called.');
  });

  test('of a tenant that was removed is found by its keys, or where it is named', async () => {
    const { admin } = tables();
    await admin.createTenant('gone');
    await admin.createTenant('bare');
    await admin.createKey({ tenant: 'gone' });
    const [id, other] = [await called('gone', Date.now(), {}), await called('bare', Date.now(), {})];
    for (const name of ['gone', 'bare']) await json('tenants', 'remove', name, '--force');
    expect(await json('calls', 'show', id)).toMatchObject({ id, tenant: 'gone' });
    expect(await refused('calls', 'show', other)).toContain(`No call ${other} is on record.`);
    expect(await json('calls', 'show', other, '--tenant', 'bare')).toMatchObject({ id: other, tenant: 'bare' });
  });

  test('that nobody made is none, and why it might not be there is said', async () => {
    await tables().admin.createTenant('near');
    await tables().admin.createTenant('far');
    const id = await called('near', Date.now(), {});
    expect(await refused('calls', 'show', id, '--tenant', 'far')).toBe(
      `sluice: No call ${id} is on record for tenant far. A call is written down when its answer has ended, and kept for 90 days.\n`,
    );
    const client = dynamodb({ endpoint: tables().endpoint, tryMs: 5_000, tries: 2 });
    await configStore(client, localTableNames).apply(toContent('calls: { keptDays: 7 }'), undefined);
    client.destroy();
    expect(await refused('calls', 'show', 'req_none')).toContain('and kept for 7 days.');
  });
});
