import { DeleteItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, describe, expect, test } from 'vitest';
import type { Change } from '../../lib/audit/entry.ts';
import { type AuditLog, auditLog } from '../../lib/aws/audit-log.ts';
import { logStream } from '../../lib/aws/audit-stream.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { auditTable } from '../../lib/aws/tables.ts';
import { bareTables } from '../support/bare-tables.ts';
import { type Happened, STREAM, streamed } from '../support/streamed.ts';
import { verified } from '../support/verified.ts';

const NOON = Date.UTC(2026, 10, 26, 12);
const HOUR_MS = 3_600_000;
const ADA = 'arn:aws:sts::123456789012:assumed-role/Operator/ada';
const UNKNOWN = expect.stringMatching(/^unknown \(edited without sluice/);

const { tables } = await bareTables();
const client = dynamodb({ endpoint: tables.endpoint, tryMs: 5_000, tries: 2 });
afterAll(() => client.destroy());

let now = NOON;
const log = auditLog(client, auditTable.localName, { now: () => now });
const entries = async (of: Pick<AuditLog, 'oldestFirst'> = log) => (await Array.fromAsync(of.oldestFirst())).flat();
const unexpected = (error: unknown) => {
  throw error;
};

const trailOf = (of: Pick<AuditLog, 'append'>) => ({ streamArn: STREAM, log: of });

/** What the log gained by these records, in its order. */
async function logged(...happened: readonly Happened[]) {
  const before = (await entries()).length;
  expect(await logStream(streamed(...happened), trailOf(log), unexpected)).toEqual({ batchItemFailures: [] });
  return (await entries()).slice(before).map(({ entry }) => entry);
}

const stamp = (id: string, more: Readonly<Record<string, unknown>> = {}) => ({
  changed: { id, at: new Date(NOON).toISOString(), by: ADA, ...more },
});
const acme = { pk: 'tenant#acme', sk: 'tenant', v: 1, budgets: { day: 5 } };
const key = { pk: 'key#5f3c0a', sk: 'key', v: 1, id: 'key_1', tenant: 'acme' };

describe('a change that a stream tells', () => {
  test('is an entry with who, what, before, after and why', async () => {
    const told = await logged(
      { after: { ...acme, ...stamp('a', { reason: 'a new customer' }) }, at: NOON },
      { before: { ...acme, ...stamp('a') }, after: { ...acme, budgets: { day: 9 }, ...stamp('b') }, at: NOON + 1_000 },
    );
    expect(told).toEqual([
      {
        v: 1,
        day: '2026-11-26',
        number: 1,
        at: '2026-11-26T12:00:00.000Z',
        logged: '2026-11-26T12:00:00.000Z',
        principal: ADA,
        action: 'tenant.create',
        subject: 'tenant acme',
        after: { v: 1, budgets: { day: 5 } },
        reason: 'a new customer',
        stamp: 'a',
        source: expect.stringMatching(/^event-/),
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
      },
      expect.objectContaining({
        number: 2,
        action: 'tenant.change',
        before: { v: 1, budgets: { day: 5 } },
        after: { v: 1, budgets: { day: 9 } },
        previous: { day: '2026-11-26', number: 1, hash: told[0]?.hash },
      }),
    ]);
  });

  test('by hand is nobody’s we know, though the item still has the stamp of an earlier change', async () => {
    const stale = stamp('b', { reason: 'a new customer' });
    const [edited] = await logged({
      before: { ...acme, ...stale },
      after: { ...acme, ...stale, budgets: 'none' },
      at: NOON + 9_000,
    });
    expect(edited).toMatchObject({ principal: UNKNOWN, action: 'tenant.change', after: { budgets: 'none' } });
    expect(edited).not.toHaveProperty('reason');
    const [spoiled] = await logged({ before: acme, after: { ...acme, v: 2, changed: 'me' }, at: NOON });
    expect(spoiled?.principal).toEqual(UNKNOWN);
  });

  test('by hand is nobody’s we know, though an older item was put back or one was copied, with a stamp that is still fresh', async () => {
    const [mine, bobs] = [stamp('mine', { reason: 'ours' }), stamp('bobs')];
    const [made, changed, restored, copied] = await logged(
      { after: { ...acme, ...mine }, at: NOON + 1_000 },
      { before: { ...acme, ...mine }, after: { ...acme, budgets: 'none', ...bobs }, at: NOON + 2_000 },
      { before: { ...acme, budgets: 'none', ...bobs }, after: { ...acme, ...mine }, at: NOON + 14 * 60_000 },
      { after: { ...acme, pk: 'tenant#copy', ...bobs }, at: NOON + 14 * 60_000 },
    );
    expect([made?.principal, changed?.principal]).toEqual([ADA, ADA]);
    for (const entry of [restored, copied]) {
      expect(entry?.principal).toEqual(UNKNOWN);
      for (const name of ['reason', 'stamp']) expect(entry).not.toHaveProperty(name);
    }
  });

  test('of a clock that is wrong keeps who and why, and says that they are not sure', async () => {
    const [late] = await logged({ after: { ...acme, ...stamp('late', { reason: 'why' }) }, at: NOON + HOUR_MS });
    expect(late).toMatchObject({
      principal: `unconfirmed (its stamp is of 2026-11-26T12:00:00.000Z): ${ADA}`,
      reason: 'why',
    });
  });

  test('of a key names it by its id, and has no trace of its secret', async () => {
    const old = { ...key, rotated: new Date(NOON).toISOString(), expires: new Date(NOON + HOUR_MS).toISOString() };
    const pasted = {
      ...key,
      pk: 'key#99',
      id: 'key_2',
      name: 'sk-sluice-abc_DEF-123',
      models: ['sk-sluice-abc_DEF-123'],
    };
    const told = await logged(
      { after: { ...key, ...stamp('1') }, at: NOON },
      { before: key, after: { ...key, name: 'ci', ...stamp('2') }, at: NOON },
      { after: { ...key, pk: 'key#77aa', ...stamp('3', { does: 'rotate' }) }, at: NOON },
      { before: key, after: { ...old, ...stamp('4') }, at: NOON },
      { before: key, after: { ...key, revoked: true }, at: NOON },
      { before: key, at: NOON },
      { after: { ...pasted, ...stamp('5', { reason: 'was sk-sluice-abc_DEF-123' }) }, at: NOON },
      { after: { pk: 'key#5f3c0a', sk: 'key', tenant: 'acme' }, at: NOON },
    );
    expect(told.map((entry) => `${entry?.action} ${entry?.subject}`)).toEqual([
      'key.create key key_1',
      'key.change key key_1',
      'key.rotate key key_1',
      'key.rotate key key_1',
      'key.revoke key key_1',
      'key.remove key key_1',
      'key.create key key_2',
      'key.create key (without an id)',
    ]);
    expect(JSON.stringify(told)).not.toMatch(/5f3c0a|77aa|key#|abc_DEF/);
  });

  test('that takes an item away is who announced it, and nobody else’s', async () => {
    const mark = stamp('gone', { does: 'remove', reason: 'has left' });
    const [removed, ...more] = await logged(
      { before: { ...acme, ...stamp('b') }, after: { ...acme, ...mark }, at: NOON }, // the mark itself changes nothing
      { before: { ...acme, ...mark }, at: NOON },
    );
    expect(removed).toMatchObject({ action: 'tenant.remove', principal: ADA, reason: 'has left', before: { v: 1 } });
    expect(removed).not.toHaveProperty('after');
    expect(more).toEqual([]);
    const others = await logged(
      { before: { ...acme, ...stamp('b') }, at: NOON },
      { before: { ...acme, ...stamp('left', { does: 'remove' }) }, at: NOON + HOUR_MS },
      { before: { ...key, ttl: 1 }, at: NOON, expired: true },
    );
    const unsure = expect.stringMatching(/^unconfirmed/);
    expect(others.map((entry) => entry?.principal)).toEqual([UNKNOWN, unsure, expect.stringMatching(/^DynamoDB/)]);
  });

  test('of the configuration tells its version and hash, in force or of the history, and not its text', async () => {
    const current = { pk: 'config', sk: 'current', version: 1, json: '{}', origin: 'cli' };
    const next = { ...current, version: 2, json: '{"models":{}}' };
    const version = { pk: 'config', sk: 'v#00000002', version: 2, text: 'models: {}', by: 'ada', note: 'n' };
    const told = await logged(
      { after: { ...version, ...stamp('history') }, at: NOON },
      { before: current, after: { ...next, ...stamp('c', { reason: 'a second provider' }) }, at: NOON },
      { before: next, after: { ...next, fileHash: 'f' }, at: NOON },
      { before: next, after: { ...current, version: 3, ...stamp('d', { does: 'rollback' }) }, at: NOON },
      { before: version, after: { ...version, text: 'other' }, at: NOON },
      { before: version, after: { ...version, by: 'eve', note: 'z' }, at: NOON },
      { before: version, at: NOON },
    );
    expect(told.map((entry) => `${entry?.action} ${entry?.subject}`)).toEqual([
      'config.create-history config version 2',
      'config.apply config',
      'config.change config',
      'config.rollback config',
      'config.change-history config version 2',
      'config.change-history config version 2',
      'config.remove-history config version 2',
    ]);
    expect(told[0]).toMatchObject({ principal: ADA, after: { version: 2, by: 'ada', note: 'n' } });
    expect(told[2]).toMatchObject({ principal: UNKNOWN, after: { fileHash: 'f' } }); // it keeps a deploy's file out
    expect(told[5]).toMatchObject({ before: { by: 'ada', note: 'n' }, after: { by: 'eve', note: 'z' } });
    expect(told[1]).toMatchObject({
      principal: ADA,
      reason: 'a second provider',
      before: { version: 1, sha256: '44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a' },
      after: { version: 2, sha256: expect.any(String) },
    });
    expect(JSON.stringify(told)).not.toContain('models');
  });

  test('that is a note is what it says; what else is in the table is nobody’s business', async () => {
    const note = {
      pk: 'audit',
      sk: 'note#1',
      action: 'cache.clear',
      subject: 'cache of tenant acme',
      outcome: { a: 'b' },
      ttl: 1,
    };
    const told = await logged(
      { after: { ...note, ...stamp('n') }, at: NOON },
      { before: note, at: NOON, expired: true },
      { after: { ...note, action: 'tenant.remove' }, at: NOON },
      { after: { pk: 'other', sk: 'x' }, at: NOON },
      { after: { ...acme, sk: 'key' }, at: NOON },
    );
    expect(told).toEqual([
      expect.objectContaining({
        action: 'cache.clear',
        subject: 'cache of tenant acme',
        principal: ADA,
        after: { a: 'b' },
      }),
    ]);
  });

  test('is logged once, however often it is delivered', async () => {
    const first = { after: { ...acme, pk: 'tenant#twice' }, at: NOON, id: 'once' };
    expect(await logged(first, first)).toHaveLength(1);
    now += 20 * HOUR_MS;
    const between = { before: acme, after: { ...acme, v: 3 }, at: now };
    expect((await logged(between)).map((entry) => entry?.action)).toEqual(['day.end', 'tenant.change']);
    expect(await logged(first, between, first)).toHaveLength(1); // between has another id now
  });

  test('is logged whatever a hand has put into the item', async () => {
    const odd = {
      set: new Set(['b', 'a']),
      bytes: new Uint8Array([1, 2]),
      blobs: new Set([new Uint8Array([1])]),
      none: null,
      deep: [{ n: 1e-7, b: new Uint8Array([1]) }],
      '': '',
    };
    const large = { text: 'x'.repeat(300_000) };
    const [first, second] = await logged(
      { after: { ...acme, ...odd } },
      { before: { ...acme, ...large }, after: acme },
    );
    expect(first?.after).toMatchObject({
      set: ['a', 'b'],
      bytes: 'binary, 2 bytes',
      blobs: ['binary, 1 bytes'],
      none: null,
      deep: [{ n: 1e-7, b: 'binary, 1 bytes' }],
    });
    expect(second?.before).toEqual({ bytes: expect.any(Number), sha256: expect.any(String) });
  });

  test('is an entry that fits, however much a hand has put into the item', async () => {
    const x = (length: number) => 'x'.repeat(length);
    const [named, reasoned, posed, secrets] = await logged(
      { after: { ...key, id: x(405_000) }, at: NOON },
      {
        before: { ...acme, models: [x(99_900)] },
        after: { ...acme, models: [x(99_901)], ...stamp('large', { reason: x(220_000) }) },
        at: NOON,
      },
      { after: { ...acme, changed: { id: 'posed', at: new Date(NOON).toISOString(), by: x(390_000) } }, at: NOON },
      { after: { ...acme, ...stamp('mask', { reason: 'sk-sluice-a '.repeat(33_000) }) }, at: NOON },
    );
    const short = expect.stringMatching(/^\(\d{6} bytes, SHA-256 [0-9a-f]{64}\)$/);
    expect(named?.after).toEqual({ bytes: expect.any(Number), sha256: expect.any(String) });
    expect(named?.subject.length).toBeLessThan(150);
    expect(reasoned).toMatchObject({ before: { models: [x(99_900)] }, reason: short });
    expect([posed?.principal, secrets?.reason]).toEqual([short, short]);
  });

  test('is logged though a hand has put a map where a text belongs, and one that no text can be made of', async () => {
    const map = { toString: 'x', valueOf: 'x' };
    const told = await logged(
      { after: { ...key, id: map }, at: NOON },
      {
        before: { pk: 'config', sk: 'current', version: 1, json: '{}' },
        after: { pk: 'config', sk: 'current', json: map },
      },
    );
    expect(told).toMatchObject([{ subject: 'key (without an id)', after: { id: map } }, { subject: 'config' }]);
  });

  test('that cannot be logged comes again, with all after it', async () => {
    const failing = {
      append: async (change: Change) => {
        if (change.subject === 'tenant bad') throw new Error('no');
        return log.append(change);
      },
    };
    const event = streamed(
      { after: { ...acme, pk: 'tenant#good' }, id: 'g' },
      { after: { ...acme, pk: 'tenant#bad' }, id: 'b' },
      { after: { ...acme, pk: 'tenant#late' }, id: 'l' },
    );
    const failures: unknown[] = [];
    const left = await logStream(event, trailOf(failing), (error, { eventID }) =>
      failures.push([String(error), eventID]),
    );
    expect(left).toEqual({ batchItemFailures: [{ itemIdentifier: 'seq-b' }] });
    expect(failures).toEqual([['Error: no', 'b']]);
    const before = (await entries()).length;
    await logStream(event, trailOf(log), unexpected);
    expect((await entries()).slice(before).map(({ entry }) => entry?.subject)).toEqual(['tenant bad', 'tenant late']);
  });
});

test('an event of another stream, or of none, is refused whole', async () => {
  const before = (await entries()).length;
  const forged = { eventID: '1', dynamodb: { SequenceNumber: '1', ApproximateCreationDateTime: 1 } };
  await expect(logStream({ Records: [forged] }, trailOf(log), unexpected)).rejects.toThrow('eventSource');
  const other = { streamArn: `${STREAM}1`, log };
  await expect(logStream(streamed({ after: acme }), other, unexpected)).rejects.toThrow(`no event of ${STREAM}.`);
  expect(await entries()).toHaveLength(before);
});

describe('the log', () => {
  test('has no gap and no fork when twenty write at once, over the end of a day, and what two deliver is there once', async () => {
    now += 24 * HOUR_MS;
    const heard: string[] = [];
    const before = (await entries()).length;
    const writers = Array.from({ length: 20 }, (_, at) => {
      const writer = auditLog(client, auditTable.localName, {
        now: () => now + at,
        tell: ({ hash }) => heard.push(hash),
      });
      const event = streamed({ after: { ...acme, pk: `tenant#t${at >> 1}` }, at: now, id: `pair-${at >> 1}` });
      return logStream(event, trailOf(writer), unexpected);
    });
    await Promise.all(writers);
    const all = await entries();
    const fresh = all.slice(before).map(({ entry }) => entry);
    expect(fresh.map((entry) => entry?.subject).sort()).toEqual(
      ['day 2026-11-27', ...Array.from({ length: 10 }, (_, at) => `tenant t${at}`)].sort(),
    );
    expect([...new Set(heard)].sort()).toEqual(fresh.map((entry) => entry?.hash).sort());
    expect(verified(all, { whole: true, now })).toBeUndefined();
  });

  test('has nothing beside it in its table that is not seen', async () => {
    const length = (await entries()).length;
    for (const sk of ['\u0001 before', 'zz after']) await tables.put('audit', { pk: 'audit', sk, principal: 'eve' });
    expect(await logged({ after: acme })).toHaveLength(1);
    const places = (await entries()).map(({ place }) => place);
    expect([places.length, places[0], places.at(-1)]).toEqual([length + 3, '\u0001 before', 'zz after']);
    for (const sk of ['\u0001 before', 'zz after']) {
      const Key = { pk: { S: 'audit' }, sk: { S: sk } };
      await client.send(new DeleteItemCommand({ TableName: auditTable.localName, Key }));
    }
  });

  test('goes on after an entry that somebody spoiled, which is found out', async () => {
    const [last] = (await entries()).slice(-1);
    await tables.put('audit', { pk: 'audit', sk: last?.place, spoiled: true });
    expect(await logged({ after: acme })).toMatchObject([{ number: Number(last?.entry?.number) + 1 }]);
    expect(verified(await entries(), { whole: true, now })).toEqual({
      place: last?.place,
      problem: expect.stringMatching(/cannot be read/),
    });
  });
});
