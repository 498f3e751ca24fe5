import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bundle } from '../../esbuild.config.ts';
import { failureOf } from '../support/bytes.ts';
import { refused, wrong } from '../support/canaries/callers.ts';
import { faults, slow } from '../support/canaries/faults.ts';
import { type CanaryHouse, openCanaryHouse } from '../support/canaries/house.ts';
import { unreachable } from '../support/canaries/providers.ts';
import { type Answer, conversation, inbound } from '../support/canaries/request.ts';
import { found, KEY, providerKeys, providerNames, WORD } from '../support/canaries/secrets.ts';
import type { Instead } from '../support/counting.ts';
import { databaseFaults } from '../support/database-faults.ts';
import { startDeployed } from '../support/deployed.ts';
import { scratch } from '../support/gateway.ts';

const { folder, remove } = scratch();

let house: CanaryHouse;
beforeAll(async () => {
  await bundle('gateway-web');
  house = await openCanaryHouse(folder);
});
afterAll(async () => {
  await house?.close();
  remove();
});

/** A call for a stream, and one for the whole. */
const stream = (of: string, fields: object, more: object = {}) => [
  { of, body: conversation({ ...fields, stream: true }), ...more },
  { of, body: conversation({ ...fields, stream: false }), ...more },
];
const hasty = { headers: { 'x-sluice-timeout-ms': '1000' } };

test('a canary is found wherever it is, in whatever case and form', () => {
  for (const canary of [KEY, WORD]) {
    expect(found(canary, 'nothing to see')).toEqual([]);
    for (let at = 0; at < 3; at++) {
      const bytes = Buffer.from(`${'.'.repeat(at)}${canary}.`);
      for (const form of ['utf8', 'hex', 'base64', 'base64url'] as const)
        expect([form, at, found(canary, `before ${bytes.toString(form)} after`).length > 0]).toEqual([form, at, true]);
    }
    expect(found(canary, `"${canary.toUpperCase()}"`)).toHaveLength(1);
  }
});

test('a gateway that cannot start with its configuration does not say what stands in it', async () => {
  const config = { providers: { lab: { credential: `${KEY}.in.a.file` } } };
  const error = await failureOf(startDeployed({ folder, endpoint: house.tables.endpoint, config }));
  expect(String(error)).toContain('providers.lab.credential must be env:NAME or secret:NAME');
  expect(found(KEY, String(error))).toEqual([]);
});

describe('a gateway that logs all it can', () => {
  test('meets everything that may go wrong at a provider', async () => {
    const calls = providerNames.flatMap((provider) =>
      Object.keys(faults).flatMap((fault) =>
        stream(provider, { model: `${provider}/${fault}` }, slow.has(fault) ? hasty : {}),
      ),
    );
    await house.sweep(calls);
    for (const provider of providerNames) {
      expect([provider, ...house.statusesOf(provider)]).toEqual(expect.arrayContaining([provider, 200, 400, 502, 504]));
      const asked = house.reached.filter((each) => each.provider === provider);
      expect([provider, asked.length >= 2 * Object.keys(faults).length]).toEqual([provider, true]);
      expect(asked.every(({ text }) => found(WORD, text).length > 0)).toBe(true);
    }
  }, 240_000);

  test('meets providers that cannot be reached, or have no key', async () => {
    await house.sweep(unreachable.flatMap((name) => stream(name, { model: `${name}/m` }, hasty)));
    // Where nobody answers for names, it may also be that its caller's time is over.
    for (const name of unreachable)
      expect([name, house.statusesOf(name).every((status) => status === 502 || status === 504)]).toEqual([name, true]);
    expect(house.statusesOf('gone')).toEqual([502]);
  });

  test('answers, also for what failed elsewhere, and where its client leaves', async () => {
    await house.sweep([
      ...stream('answered', { model: 'lab/m' }),
      ...stream('answered', { model: 'openai/gpt-5' }),
      ...stream('answered', { model: 'anthropic/says-500' }, { headers: { 'x-sluice-fallback': 'lab/m' } }),
      ...stream('answered', { model: 'keyless/m' }, { headers: { 'x-sluice-fallback': 'lab/m' } }),
      { of: 'left', body: conversation({ model: 'lab/stalls-later', stream: true }), leaves: true },
    ]);
    expect(house.statusesOf('answered')).toEqual([200]);
  });

  test('gives vectors, and meets what may go wrong with them', async () => {
    await house.sweep(
      ['lab', 'gemini', 'cohere', 'vertex', 'bedrock', 'azure'].flatMap((provider) =>
        [
          'says-302',
          'says-400',
          'says-401',
          'says-422',
          'says-500',
          'gives-broken-json',
          'gives-an-error',
          'resets',
        ].map((fault) => ({
          of: 'vectors',
          path: '/embeddings',
          body: { model: `${provider}/${fault}`, input: [`${WORD} to embed`] },
        })),
      ),
    );
    expect(house.statusesOf('vectors')).toEqual(expect.arrayContaining([400, 502]));
  });

  test('refuses what callers do wrong, and who has used up what is his', async () => {
    await house.sweep(wrong);
    for (const { of } of wrong) expect([of, house.statusesOf(of).every((status) => status < 500)]).toEqual([of, true]);
    await house.sweep(await refused(house.tables));
    expect([house.statusesOf('poor'), house.statusesOf('narrow')]).toEqual([[429], [403]]);
    expect(house.statusesOf('quick')).toContain(429);
  });

  test('loses its database, in every way', async () => {
    const quick = Object.entries(databaseFaults).filter(([name]) => name !== 'keeps silent');
    const { key: limited } = await house.tables.admin.createKey({ tenant: 'acme', budgets: { day: 5 } });
    const calls = (of: string) => [
      ...stream(of, { model: 'lab/m' }, { key: limited }),
      ...stream(of, { model: 'lab/says-400' }, { key: limited }),
      { of, body: conversation({ model: 'lab/m' }), key: `${KEY}.unknown.${of}` },
    ];
    await house.sweep(calls('well'));
    for (const [name, fault] of quick) {
      house.database(fault);
      await house.sweep(calls(`away: ${name}`));
      house.database();
    }
    expect(house.statusesOf('away')).toContain(503);
    house.database(unwritable);
    await house.sweep(calls('unwritten'));
    await expect.poll(() => house.gateway.printed()).toContain('could not be written down');
    house.database();
  }, 120_000);

  test('leaves nothing of what was said in its tables while no answer is to be kept', async () => {
    for (const table of ['cache', 'calls', 'counters'] as const)
      expect([table, found(WORD, await house.itemsOf(table))]).toEqual([table, []]);
  });

  test('keeps an answer for who asked for that, and says so', async () => {
    const named = { headers: { 'idempotency-key': `${KEY}.header.name` } };
    const body = conversation({ model: 'lab/m' });
    await house.sweep([{ of: 'kept', body, ...named }]);
    await house.sweep([{ of: 'kept', body, ...named }]);
    await house.sweep([{ of: 'another', body: { ...body, seed: 8 }, ...named }]);
    expect([house.statusesOf('kept'), house.statusesOf('another')]).toEqual([[200], [409]]);
  });
});

describe('when it has ended', () => {
  beforeAll(async () => {
    house.gateway.kill('SIGTERM');
    await house.gateway.exited;
  });

  test('nothing that it printed has a key in it, or a word that was said', () => {
    const printed = house.gateway.printed();
    expect(printed.split('\n').filter((each) => each.includes('"message":"call"')).length).toBeGreaterThan(500);
    for (const said of [
      'refused',
      'configuration cannot be used',
      'A target has no credential',
      'could not be written down',
    ])
      expect([said, printed.includes(said)]).toEqual([said, true]);
    expect(house.gateway.metrics().length).toBeGreaterThan(500);
    for (const canary of [KEY, WORD]) expect(found(canary, printed)).toEqual([]);
  });

  test('nothing in its tables has a key in it, and no record and no counter a word', async () => {
    for (const table of ['cache', 'calls', 'counters'] as const)
      expect([table, found(KEY, await house.itemsOf(table))]).toEqual([table, []]);
    for (const table of ['calls', 'counters'] as const)
      expect([table, found(WORD, await house.itemsOf(table))]).toEqual([table, []]);
  });

  test('no caller was told a key, nor anything of what was said in a header', () => {
    const shown = ({ status, headers, body }: Answer) => `${status} ${headers} ${body}`;
    for (const canary of [KEY, house.key])
      expect(house.answers.flatMap(({ of, answer }) => found(canary, shown(answer)).map((each) => [of, each]))).toEqual(
        [],
      );
    expect(house.answers.flatMap(({ of, answer }) => found(WORD, answer.headers).map((each) => [of, each]))).toEqual(
      [],
    );
    expect(house.answers.some(({ answer }) => found(WORD, answer.body).length > 0)).toBe(true); // they read their own words
  });

  test('each provider was given its own key, and no other secret', () => {
    expect(Object.keys(inbound).length).toBeGreaterThan(30);
    for (const { provider, text } of house.reached) {
      const own = providerKeys[provider];
      expect(text).toContain(own);
      expect([provider, found(KEY, text.replaceAll(own, '')), text.includes(house.key)]).toEqual([provider, [], false]);
    }
  });

  test('no span has a key in it, or a word that was said', () => {
    const raw = Buffer.concat(house.spans).toString('latin1');
    for (const canary of [KEY, WORD]) expect(found(canary, raw)).toEqual([]);
    expect(house.spans).not.toEqual([]);
  });
});

/** A table of calls that takes none. */
const unwritable: Instead = ({ table, operation }, response) => {
  if (table !== 'Calls' || operation !== 'PutItem') return false;
  const error = { __type: 'com.amazonaws.dynamodb.v20120810#ValidationException', message: 'Not like this.' };
  response.writeHead(400, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(error));
  return true;
};
