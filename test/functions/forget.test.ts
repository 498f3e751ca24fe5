import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { folderCaptureAdmin, folderCaptures } from '../../lib/local/captures.ts';
import { type LocalVectors, startVectors } from '../../lib/local/vectors/start.ts';
import { labelMark } from '../../lib/redaction/label-mark.ts';
import { unhurried } from '../support/cachings.ts';
import { type House, openHouse } from '../support/door.ts';
import { forgettingIn, forgotten, found } from '../support/forgetting.ts';
import { scratch } from '../support/gateway.ts';
import { summing } from '../support/summing.ts';
import { beginStream, ending, event, type Script, wholeAnswer } from '../support/upstream.ts';

const { folder, remove } = scratch();
let vectors: LocalVectors;
let house: House;
let client: ReturnType<typeof dynamodb>;
beforeAll(async () => {
  vectors = await startVectors({ dataDir: folder });
  const embeddings = { model: 'lab/e', dimensions: undefined, budgetMs: 10_000 };
  const cache = { ...unhurried, mode: 'semantic', scope: 'tenant', temperature: 'any', embeddings } as const;
  house = await openHouse({
    vectorsEndpoint: async () => vectors.endpoint,
    config: { cache },
    world: (world) => ({ ...world, captures: folderCaptures(folder) }),
  });
  house.upstream.answerWith(parrot);
  client = dynamodb({ endpoint: house.tables.endpoint, tryMs: 10_000, tries: 3 });
});
afterAll(async () => {
  client?.destroy();
  await house?.close();
  await vectors?.close();
  remove();
});

/** Says back what it is told, and finds no two texts alike. */
const parrot: Script = (asked, response) => {
  if (asked.path.endsWith('/embeddings')) {
    const data = [{ index: 0, embedding: unlike(String([asked.body.input].flat()[0])) }];
    const body = JSON.stringify({ object: 'list', model: 'e', data, usage: { prompt_tokens: 7, total_tokens: 7 } });
    return void response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  }
  const said = `Answer: ${Object((asked.body.messages as readonly unknown[]).at(-1)).content}`;
  if (asked.body.stream !== true) return wholeAnswer(said)(asked, response);
  beginStream(response);
  return void response.end(event({ content: said }) + ending);
};

const texts: string[] = [];
function unlike(text: string): readonly number[] {
  if (!texts.includes(text)) texts.push(text);
  return Array.from({ length: 32 }, (_, at) => (at === texts.indexOf(text) ? 1 : 0));
}

const forgetting = () => forgettingIn(client, { endpoint: vectors.endpoint, captures: folderCaptureAdmin(folder) });
const silently = () => {};

type Caller = { readonly tenant: string; readonly key: string };

const asking = async ({ key }: Caller, user: string, content: string, more: object = {}, also: object = {}) => {
  const headers = { 'x-sluice-user': user, 'x-sluice-prompt': `${user}@1`, 'x-sluice-metadata': `{"who":"${user}"}` };
  const response = await house.ask(
    key,
    { messages: [{ role: 'user', content }], ...more },
    { ...headers, 'x-sluice-cache': 'semantic', ...also },
  );
  const text = await response.text();
  return { id: String(response.headers.get('x-request-id')), cache: response.headers.get('x-sluice-cache'), text };
};

/** All ways to leave something: whole, streamed, for an idempotency-key, and without a cache. */
async function leaves(caller: Caller, user: string) {
  const made = await Promise.all([
    asking(caller, user, `the walrus of ${user}`),
    asking(caller, user, `a heron that ${user} saw again`, { stream: true }),
    asking(caller, user, `which otter did ${user} feed by the river?`, {}, { 'idempotency-key': `once-${user}` }),
    asking(caller, user, `badger ${user}`, {}, { 'x-sluice-cache': 'off' }),
  ]);
  return made.map(({ id }) => id);
}

const vectorLines = () => readFileSync(`${folder}/vectors.jsonl`, 'utf8').trim().split('\n');
/** The calls that vectors which were not removed are of. */
function sources(): readonly string[] {
  const alive = new Map<string, string>();
  for (const change of vectorLines().map((line) => JSON.parse(line)))
    if (change.removed !== undefined) alive.delete(change.id);
    else if (change.added !== undefined) alive.set(change.id, change.fields.source);
  return [...alive.values()];
}

/** Those of a tenant's calls whose prompts and answers are kept. */
const captured = ({ tenant }: Caller, ids: readonly string[]) =>
  (existsSync(`${folder}/captures/${tenant}`)
    ? readdirSync(`${folder}/captures/${tenant}`, { recursive: true, encoding: 'utf8' })
    : []
  ).filter((name) => ids.some((id) => name.endsWith(`/${id}.json.gz`)));

/** Waits until so many calls of a tenant are on record, and all they leave is there. */
async function settled({ tenant }: Caller, calls: number): Promise<void> {
  await expect.poll(async () => (await house.tables.spent(`tenant#${tenant}`)).calls).toBe(calls);
  const running = async () => /"state":\{"S":"running"\}/.test(await house.tables.everything('cache'));
  await expect.poll(running).toBe(false);
}

/** The items of table Cache that hold an answer, or are for one. */
async function keptItems(): Promise<readonly string[]> {
  const pages: { readonly Items: readonly { readonly sk: object }[] }[] = JSON.parse(
    await house.tables.everything('cache'),
  );
  const items = pages.flatMap(({ Items }) => Items);
  return items.map((item) => JSON.stringify(item)).filter((item) => !/"sk":\{"S":"(lead|mark)"\}/.test(item));
}

const usageOf = async ({ tenant }: Caller) => {
  const { all, by, ...rest } = await summing(client, house.tables).told(tenant, Date.now());
  const { user, ...others } = by;
  return { same: { all, others, ...rest }, users: [...user.keys()].sort() };
};

describe('a user that is forgotten', () => {
  test('leaves no trace in cache, records and vectors; all others, and what was paid, are as before', async () => {
    const [acme, other] = [
      await house.keyOf({ budgets: 'none', capture: true }),
      await house.keyOf({ budgets: 'none', capture: true }),
    ];
    const anns = await leaves(acme, 'annabel');
    const bobs = await leaves(acme, 'bobby');
    const others = await leaves(other, 'annabel');
    await Promise.all([settled(acme, 8), settled(other, 4)]);
    await expect.poll(() => [...anns, ...bobs, ...others].filter((id) => sources().includes(id)).length).toBe(9);
    const again = await asking(acme, 'bobby', 'the walrus of bobby');
    expect(again.cache).toMatch(/^hit/);
    await settled(acme, 9);

    const { count, forget, notes } = forgetting();
    const whose = { tenant: acme.tenant, user: 'annabel' };
    const before = await usageOf(acme);
    expect(before.users).toEqual(['annabel', 'bobby']);
    const there = { captures: 4, answers: 3, repeats: 1, vectors: 3, calls: 4, sums: 0 };
    expect(captured(acme, anns)).toHaveLength(4);
    expect(await count(whose, silently)).toEqual(found(there));
    expect(notes).toEqual([]);
    expect(await forget(whose, silently)).toEqual(forgotten(there));
    expect(captured(acme, anns)).toEqual([]);
    expect([captured(acme, bobs).length, captured(other, others).length]).toEqual([4, 4]);

    const records = await house.tables.calls(acme.tenant);
    const unnamed = records.filter(({ id }) => anns.includes(String(id)));
    expect(unnamed).toHaveLength(4);
    for (const record of unnamed) {
      expect(record).toMatchObject({ forgotten: expect.stringMatching(/^20.*Z$/), status: 'ok', keyId: acme.id });
      for (const name of ['user', 'metadata', 'prompt', 'traceId', 'capture', 'cacheKey', 'cacheSource'])
        expect(record).not.toHaveProperty(name);
    }
    expect(JSON.stringify(records)).not.toContain('annabel');
    const kept = (await keptItems()).filter((item) => item.includes(acme.tenant)).join();
    expect(kept).toContain('bobby');
    for (const trace of ['annabel', ...anns]) expect(kept).not.toContain(trace);
    expect(sources().filter((id) => anns.includes(id))).toEqual([]);

    const after = await usageOf(acme);
    expect(after.users).toEqual(['bobby']);
    expect(after.same).toEqual(before.same);
    expect((await asking(acme, 'bobby', 'the walrus of bobby')).cache).toMatch(/^hit/);
    expect((await asking(other, 'annabel', 'the walrus of annabel')).cache).toMatch(/^hit/);
    expect(sources().filter((id) => [...bobs, ...others].includes(id))).toHaveLength(6);
    const repeated = await asking(
      acme,
      'bobby',
      'which otter did bobby feed by the river?',
      {},
      { 'idempotency-key': 'once-bobby' },
    );
    expect(repeated.id).not.toBe(bobs[2]);
    expect(repeated.text).toContain('otter');
    expect((await asking(acme, 'annabel', 'the walrus of annabel')).cache).toMatch(/^miss/);
    expect(JSON.stringify(notes)).not.toContain('annabel');
  });

  test('is found by the mark that redaction left, and by the name it had before', async () => {
    const acme = await house.keyOf({ budgets: 'none', capture: true });
    await asking(acme, 'ann@planted.example', 'before');
    await house.tables.admin.setTenant(acme.tenant, [{ path: ['redaction', 'mode'], value: 'mask' }]);
    const hidden = { tenant: acme.tenant, key: (await house.tables.admin.createKey({ tenant: acme.tenant })).key };
    await expect
      .poll(async () => {
        await asking(hidden, 'ann@planted.example', 'after');
        return JSON.stringify(await house.tables.calls(acme.tenant));
      })
      .toMatch(/\[EMAIL-[0-9a-f]{12}\]/);
    await asking(hidden, 'bob@planted.example', 'after');
    await expect.poll(async () => (await usageOf(acme)).users).toHaveLength(3);
    await forgetting().forget({ tenant: acme.tenant, user: 'ann@planted.example' }, silently);
    const { users } = await usageOf(acme);
    expect(users).toEqual([expect.stringMatching(/^\[EMAIL-[0-9a-f]{12}\]$/)]);
    await forgetting().forget({ tenant: acme.tenant, user: users[0] }, silently);
    expect((await usageOf(acme)).users).toEqual([]);
  });

  test('is forgotten again without harm, and so is what came late of the first time', async () => {
    const acme = await house.keyOf({ budgets: 'none', capture: true });
    const anns = await leaves(acme, 'annabel');
    await settled(acme, 4);
    const whose = { tenant: acme.tenant, user: 'annabel' };
    await expect.poll(() => anns.filter((id) => sources().includes(id)).length).toBe(3);
    await forgetting().forget(whose, silently);
    const nothing = { captures: 0, answers: 0, repeats: 0, vectors: 0, calls: 0, sums: 0 };
    expect(await forgetting().forget(whose, silently)).toEqual(forgotten(nothing));
    await house.tables.put('cache', {
      pk: 'answer#late',
      sk: 'answer',
      tenant: acme.tenant,
      source: String(anns[0]),
      text: 'annabel',
    });
    expect(await forgetting().forget(whose, silently)).toEqual(forgotten({ ...nothing, answers: 1 }));
  });
});

describe('captures that come when their user is forgotten already', () => {
  const late = ({ tenant }: Caller, user: string, id: string) =>
    folderCaptures(folder).keep({ tenant, user, id }, '{}', new AbortController().signal);

  test('are found by their calls and by all marks that redaction may have made of the name', async () => {
    const redaction = { mode: 'mask', patterns: { staff: 'staff-[0-9]+' } };
    const acme = await house.keyOf({ budgets: 'none', capture: true, redaction });
    const [ann, bob] = ['customer ann@planted.example (2)', 'bob@planted.example'];
    const { id } = await asking(acme, ann, 'once');
    const { id: bobs } = await asking(acme, bob, 'once');
    await settled(acme, 2);
    const [record, other] = await house.tables.calls(acme.tenant);
    expect([record?.id, record?.user]).toEqual([id, expect.stringMatching(/^customer \[EMAIL-\w+\] \(2\)$/)]);
    const { count, forget } = forgetting();
    const forgets = (user: string) => forget({ tenant: acme.tenant, user }, silently);
    expect(await forgets(ann)).toMatchObject({ counts: { captures: 1, calls: 1 } });
    await late(acme, String(record?.user), id);
    expect((await count({ tenant: acme.tenant, user: ann }, silently)).counts).toMatchObject({ captures: 1, calls: 0 });
    expect(await forgets(ann)).toMatchObject({ counts: { captures: 1, calls: 0 } });
    for (const [kind, user] of [
      ['email', 'carol@planted.example'],
      ['staff', 'staff-4711'],
    ] as const) {
      await late(acme, labelMark(acme.tenant, { kind, text: user }), 'req_unrecorded');
      expect(await forgets(user)).toMatchObject({ counts: { captures: 1, calls: 0 } });
    }
    expect(captured(acme, [id, bobs, 'req_unrecorded'])).toHaveLength(1);
    expect(await folderCaptureAdmin(folder).read(String(Object(other?.capture).key))).toContain('once');
  });
});

describe('where records lead to what is out of reach', () => {
  const everything = { captures: 4, answers: 3, repeats: 1, vectors: 3, calls: 4, sums: 0 };
  const whose = [{ user: 'annabel' }, {}];

  test.each(whose)('nothing of %j goes, nor is it said to have gone, until it is', async (user) => {
    const acme = await house.keyOf({ budgets: 'none', capture: true });
    const ids = await leaves(acme, 'annabel');
    await settled(acme, 4);
    await expect.poll(() => ids.filter((id) => sources().includes(id)).length).toBe(3);
    const theirs = { tenant: acme.tenant, ...user };
    const before = JSON.stringify(await house.tables.calls(acme.tenant));
    const { endpoint } = vectors;
    const captures = folderCaptureAdmin(folder);
    for (const [places, unreached] of [
      [{ captures: 'unknown', endpoint }, { captures: 4 }],
      [{ captures, endpoint: 'unknown' }, { vectors: 3 }],
      [
        { captures: 'unknown', endpoint: 'unknown' },
        { captures: 4, vectors: 3 },
      ],
    ] as const) {
      const { count, forget, notes } = forgettingIn(client, places);
      const counts = Object.fromEntries(Object.entries(everything).filter(([thing]) => !(thing in unreached)));
      expect(await count(theirs, silently)).toEqual({ counts, unreached });
      expect(await forget(theirs, silently)).toEqual({ forgotten: false, unreached });
      expect(notes).toEqual([]);
    }
    expect(JSON.stringify(await house.tables.calls(acme.tenant))).toBe(before);
    expect(captured(acme, ids)).toHaveLength(4);
    expect(await forgetting().forget(theirs, silently)).toEqual(forgotten(everything));
    expect(await forgettingIn(client, { captures: 'unknown', endpoint: 'unknown' }).forget(theirs, silently)).toEqual(
      forgotten({ answers: 0, repeats: 0, calls: 0, sums: 0 }),
    );
  });

  test.each(whose)(
    'the rest of %j goes when that is said to be gone, and the audit log has what was not reached',
    async (user) => {
      const acme = await house.keyOf({ budgets: 'none', capture: true });
      const ids = await leaves(acme, 'annabel');
      await settled(acme, 4);
      await expect.poll(() => ids.filter((id) => sources().includes(id)).length).toBe(3);
      const theirs = { tenant: acme.tenant, ...user };
      const { forget, notes } = forgettingIn(client, { captures: 'unknown', endpoint: 'unknown' });
      const unreached = { captures: 4, vectors: 3 };
      expect(await forget(theirs, silently, ['vectors'])).toEqual({ forgotten: false, unreached });
      const counts = { answers: 3, repeats: 1, calls: 4, sums: 0 };
      expect(await forget(theirs, silently, ['captures', 'vectors'])).toEqual({ forgotten: true, counts, unreached });
      const outcome = { answers: '3', unreached: 'captures of 4 calls, vectors of 3 calls' };
      expect(notes).toMatchObject([{ action: 'forget.begin' }, { action: 'forget.end', outcome }]);
    },
  );
});

describe('a tenant that is forgotten', () => {
  test('leaves nothing, and another everything', async () => {
    const [acme, other] = [
      await house.keyOf({ budgets: 'none', capture: true }),
      await house.keyOf({ budgets: 'none', capture: true }),
    ];
    const [its, others] = [await leaves(acme, 'cecily'), await leaves(other, 'cecily')];
    await Promise.all([settled(acme, 4), settled(other, 4)]);
    await expect.poll(() => [...its, ...others].filter((id) => sources().includes(id)).length).toBe(6);
    const { count, forget, notes } = forgetting();
    const there = { captures: 4, answers: 3, repeats: 1, vectors: 3, calls: 4, sums: 0 };
    expect(await count({ tenant: acme.tenant }, silently)).toEqual(found(there));
    expect(await forget({ tenant: acme.tenant }, silently)).toEqual(forgotten(there));
    expect(captured(acme, its)).toEqual([]);
    expect(captured(other, others)).toHaveLength(4);
    expect(notes).toMatchObject([
      { action: 'forget.begin', subject: `tenant ${acme.tenant}` },
      { action: 'forget.end', outcome: { answers: '3', calls: '4' } },
    ]);
    expect(await house.tables.everything('calls')).not.toContain(`#${acme.tenant}"`);
    const kept = (await keptItems()).join();
    for (const trace of [`"${acme.tenant}"`, `idem#${acme.tenant}#`, ...its]) expect(kept).not.toContain(trace);
    expect(sources().filter((id) => its.includes(id))).toEqual([]);
    expect(sources().filter((id) => others.includes(id))).toHaveLength(3);
    expect(await house.tables.calls(other.tenant)).toHaveLength(4);
    expect((await asking(other, 'cecily', 'the walrus of cecily')).cache).toMatch(/^hit/);
    expect((await asking(acme, 'cecily', 'the walrus of cecily')).cache).toMatch(/^miss/);
  });
});
