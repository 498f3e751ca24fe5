import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { keyHash } from '../../lib/pipeline/authenticate.ts';
import { routes } from '../../lib/pipeline/routes.ts';
import { embeds } from '../support/embeds.ts';
import { answer } from '../support/flaky.ts';
import { type Doors, doorNames, openDoors, type Sent, type Told } from '../support/security/doors.ts';

let doors: Doors;
beforeAll(async () => {
  doors = await openDoors();
});
afterAll(() => doors?.close());
beforeEach(() => {
  doors.house.upstream.answerWith((asked, response) =>
    (asked.path.endsWith('/embeddings') ? embeds : answer(SAID))(asked, response),
  );
});

/** What one tenant said and was told, and no other may ever read. */
const ASKED = 'a question that is theirs alone';
const SAID = 'an answer that is theirs alone';
const USER = 'their-user';

/** How a route is asked, for a key or for what belongs to one. */
type Row = {
  readonly method: string;
  /** `anybody` may ask what needs no key. */
  readonly for: 'anybody' | 'keys';
  /** Whether asking it may cost money. */
  readonly pays: boolean;
  readonly path: (id: string) => string;
  readonly body?: object;
};

const chat = { model: 'lab/theirs', messages: [{ role: 'user', content: ASKED }], user: USER, max_tokens: 3 };

/** Every route there is; one that is added without a row fails. */
const rows: Readonly<Record<string, Row>> = {
  '/healthz': { method: 'GET', for: 'anybody', pays: false, path: () => '/healthz' },
  '/v1/chat/completions': { method: 'POST', for: 'keys', pays: true, path: () => '/v1/chat/completions', body: chat },
  '/v1/embeddings': {
    ...{ method: 'POST', for: 'keys', pays: true, path: () => '/v1/embeddings' },
    body: { model: 'lab/theirs', input: ASKED, user: USER },
  },
  '/v1/calls/{id}': { method: 'GET', for: 'keys', pays: false, path: (id) => `/v1/calls/${id}` },
  '/v1/models': { method: 'GET', for: 'keys', pays: false, path: () => '/v1/models' },
  '/v1/models/{id}': { method: 'GET', for: 'keys', pays: false, path: () => '/v1/models/lab%2Ftheirs' },
};

test('everything that can be asked stands in the table of this test, by each of its methods', () => {
  expect(Object.keys(rows)).toEqual(routes.map(({ path }) => path));
  for (const { path, methods } of routes) expect(methods).toContain(rows[path]?.method);
});

test('nothing can be asked that changes a key, a limit, the configuration or a record', async () => {
  const { key } = await doors.house.keyOf({ budgets: 'none' });
  const admin = ['keys', 'tenants', 'config', 'audit', 'usage', 'cache', 'captures', 'admin', 'calls', 'metrics'];
  const others = ['', '/', '/v1', '/v1/', '/.env', '/debug', '/docs', '/v1/files', '/v1/completions', '/v1/messages'];
  for (const path of [...admin.flatMap((name) => [`/${name}`, `/v1/${name}`]), ...others])
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
      for (const door of doorNames) {
        const { status } = await doors.through[door]({ method, path, key });
        expect([door, method, path, status]).toEqual([door, method, path, 404]);
      }
});

describe.each(doorNames)('through the %s door', (door) => {
  const send = (sent: Sent): Promise<Told> => doors.through[door](sent);
  const asking = ({ method, path, body }: Row, id: string, more: object = {}): Sent => ({
    method,
    path: path(id),
    ...(body && { body: { ...body, ...more } }),
  });

  describe.each(Object.entries(rows))('%s', (path, row) => {
    test('answers a stranger as it answers a key that is revoked, expired, half or only a hash', async () => {
      const { admin } = doors.house.tables;
      const { tenant, key } = await doors.house.keyOf({ budgets: 'none' });
      const revoked = await admin.createKey({ tenant });
      await admin.revokeKey(revoked.id);
      const expired = await admin.createKey({ tenant, expires: new Date(Date.now() - 1_000).toISOString() });
      const wrong = [revoked.key, expired.key, key.slice(0, -1), `${key}x`, keyHash(key), revoked.id, tenant, 'demo'];
      const injected = ["' OR 1=1 --", '{"$ne":null}', '*', '../../demo', 'key#', '__proto__', 'sk-sluice-'];
      const before = doors.house.upstream.asked.length;
      const told = new Set<string>();
      for (const secret of [...wrong, ...injected]) {
        const { status, text } = await send({ ...asking(row, 'req_0'), key: secret });
        expect([path, secret, status]).toEqual([path, secret, row.for === 'anybody' ? 200 : 401]);
        told.add(text.replace(/req_\w+/g, ''));
        if (secret.length > 20) expect(text).not.toContain(secret);
      }
      expect(told.size).toBe(1);
      expect(doors.house.upstream.asked.length).toBe(before);
      if (row.for === 'keys') expect((await send(asking(row, 'req_0'))).status).toBe(401);
    });

    test('tells a tenant nothing of what another asked, was told or may call', async () => {
      const named = { 'idempotency-key': `shared-${door}-${path}`, 'x-sluice-feature': 'their-feature' };
      const theirs = await doors.house.keyOf({ budgets: 'none', models: ['lab/theirs'], rates: { rpm: 7_654_321 } });
      const first = await send({ ...asking(chatRow, ''), key: theirs.key });
      expect(first.text).toContain(SAID);
      const id = first.headers['x-request-id'] ?? '';
      await expect.poll(async () => (await send({ path: `/v1/calls/${id}`, key: theirs.key })).status).toBe(200);
      const own = await send({ ...asking(row, id), key: theirs.key, headers: named });
      expect([path, own.status]).toEqual([path, 200]);

      doors.house.upstream.answerWith((asked, response) =>
        (asked.path.endsWith('/embeddings') ? embeds : answer('Ours.'))(asked, response),
      );
      const ours = await doors.house.keyOf({ budgets: 'none', models: ['lab/ours'] });
      const wide = await doors.house.keyOf({ budgets: 'none' });
      for (const { key } of [wide, ours])
        for (const more of [theSame, { stream: true }, { model: 'lab/ours' }]) {
          const before = doors.house.upstream.asked.length;
          const told = await send({ ...asking(row, id, more), key, headers: named });
          // What they sent themselves may be told again; the name of a model and an id are in their own question.
          const shown = JSON.stringify(told).replaceAll(id, '').replaceAll('lab/theirs', '');
          for (const secret of [ASKED, SAID, USER, theirs.tenant, theirs.id, theirs.key, 'their-feature', '7654321'])
            expect([path, shown.includes(secret)]).toEqual([path, false]);
          named['idempotency-key'] += '.'; // a name stands for one body
          if (row.pays && told.status === 200 && more === theSame)
            expect(doors.house.upstream.asked.length).toBe(before + 1); // for an answer of their own
        }
    });

    test('finds what is another’s no more than what is not there', async () => {
      const theirs = await doors.house.keyOf({ budgets: 'none', models: ['lab/theirs'] });
      const made = await send({ ...asking(chatRow, ''), key: theirs.key });
      const id = made.headers['x-request-id'] ?? '';
      await expect.poll(async () => (await send({ path: `/v1/calls/${id}`, key: theirs.key })).status).toBe(200);
      const ours = await doors.house.keyOf({ budgets: 'none', models: ['lab/ours'] });
      const ask = async (asked: string) => {
        const { status, text } = await send({ method: row.method, path: asked, key: ours.key });
        return [status, text.replace(/req_\w+/g, '').replaceAll('lab/theirs', 'lab/none')];
      };
      if (path === '/v1/models/{id}')
        expect(await ask('/v1/models/lab%2Ftheirs')).toEqual(await ask('/v1/models/lab%2Fnone'));
      if (path === '/v1/calls/{id}') {
        const none = await ask('/v1/calls/req_00000000000000000000000000');
        expect(none[0]).toBe(404);
        for (const way of [id, `${id}%00`, `../calls/${id}`, `%2e%2e%2f${id}`, id.toUpperCase(), `${id}%23`])
          expect((await ask(`/v1/calls/${way}`))[0]).toBe(404);
        expect(await ask(`/v1/calls/${id}`)).toEqual(none);
      }
    });

    test('pays, streamed or not, or costs nobody anything', async () => {
      const { key, tenant } = await doors.house.keyOf({ budgets: { total: 0.0001 } });
      const poor = await doors.house.keyOf({ budgets: { total: 0.000_000_001 } });
      for (const more of [{}, { stream: true }]) {
        const [paid, asked] = [await spentBy(tenant), doors.house.upstream.asked.length];
        const { status } = await send({ ...asking(row, 'req_0', more), key, headers: { 'x-sluice-cache': 'off' } });
        expect([path, status === 200 || status === 404]).toEqual([path, true]);
        const calls = doors.house.upstream.asked.length - asked;
        expect([path, calls]).toEqual([path, row.pays ? 1 : 0]);
        if (row.pays) await expect.poll(() => spentBy(tenant)).toBeGreaterThan(paid);
        else expect(await spentBy(tenant)).toBe(paid);

        if (!row.pays) continue;
        const refused = await send({ ...asking(row, 'req_0', more), key: poor.key });
        expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([429, 'budget_exceeded']);
        expect(doors.house.upstream.asked.length).toBe(asked + 1);
      }
    });

    test('takes its own methods and no other, whoever asks', async () => {
      const { key } = await doors.house.keyOf({ budgets: 'none' });
      const methods = routes.find((each) => each.path === path)?.methods ?? [];
      const before = doors.house.upstream.asked.length;
      for (const method of ['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'POST'].filter(
        (each) => !methods.includes(each),
      ))
        for (const name of ['x-http-method-override', 'x-method-override', 'x-custom']) {
          const { status } = await send({ method, path: row.path('req_0'), key, headers: { [name]: 'POST' } });
          expect([path, method, status]).toEqual([path, method, 405]);
        }
      expect(doors.house.upstream.asked.length).toBe(before);
    });
  });
});

const theSame = {};
const chatRow: Row = { method: 'POST', for: 'keys', pays: true, path: () => '/v1/chat/completions', body: chat };

const spentBy = async (tenant: string): Promise<number> => (await doors.house.tables.spent(`tenant#${tenant}`)).total;
