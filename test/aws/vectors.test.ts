import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openSearchVectors } from '../../lib/aws/vectors.ts';
import { type LocalVectors, startVectors } from '../../lib/local/vectors/start.ts';
import type { Placed, Sought } from '../../lib/recall.ts';
import { failureOf } from '../support/bytes.ts';
import { scratch } from '../support/gateway.ts';
import { nobody, serveHttp, serveTcp } from '../support/server.ts';
import { at, NOON, patient, placedOf, soughtOf, startVectorsLine, vectorsAt } from '../support/vectors.ts';

const { folder, remove } = scratch();
let place: LocalVectors;
beforeAll(async () => {
  place = await startVectors({ dataDir: `${folder}/vectors` });
});
afterAll(async () => {
  await place?.close();
  remove();
});

let tenants = 0;
/** A tenant of whom no other test has heard. */
const fresh = (): string => `tenant ${tenants++}`;

describe('the nearest', () => {
  test('is told with its key and the cosine to the sought one', async () => {
    const vectors = vectorsAt(place.endpoint);
    const tenant = fresh();
    await vectors.add(placedOf('far', { tenant, vector: at(80) }));
    await vectors.add(placedOf('near', { tenant, vector: at(20) }));
    const [found] = await vectors.nearest(soughtOf({ tenant }), patient());
    expect(found).toEqual({
      id: expect.any(String),
      key: 'near',
      words: ['one', 'two'],
      score: expect.closeTo(Math.cos(Math.PI / 9), 6),
    });
  });

  test('may lie in the other direction, and is told so', async () => {
    const vectors = vectorsAt(place.endpoint);
    const tenant = fresh();
    await vectors.add(placedOf('behind', { tenant, vector: at(150) }));
    const [found] = await vectors.nearest(soughtOf({ tenant }), patient());
    expect(found?.score).toBeCloseTo(Math.cos((150 * Math.PI) / 180), 6);
  });

  test('is none where nobody has added one, and nothing is made to say so', async () => {
    const line = await startVectorsLine(place.endpoint);
    const sought = soughtOf({ embedder: 'lab/unheard-of' });
    expect(await vectorsAt(line.url).nearest(sought, patient())).toEqual([]);
    expect(line.asked).toEqual([expect.stringMatching(/^POST \/answers-lab-unheard-of-[0-9a-f]{16}-2\/_search$/)]);
    await line.close();
  });

  test('is none that is over, whatever the service has still', async () => {
    let now = NOON;
    const vectors = vectorsAt(place.endpoint, () => now);
    const tenant = fresh();
    await vectors.add(placedOf('brief', { tenant, expiresAt: NOON + 1 }));
    expect((await vectors.nearest(soughtOf({ tenant }), patient()))[0]?.key).toBe('brief');
    now += 1;
    expect(await vectors.nearest(soughtOf({ tenant }), patient())).toEqual([]);
  });

  test('is another once it was taken away, and a second time harms nobody', async () => {
    const vectors = vectorsAt(place.endpoint);
    const sought = soughtOf({ tenant: fresh() });
    await vectors.add({ ...placedOf('one'), ...sought, vector: at(10) });
    await vectors.add({ ...placedOf('other'), ...sought, vector: at(20) });
    const [near] = await vectors.nearest(sought, patient());
    if (near === undefined) throw new Error('There is one.');
    await vectors.remove(near, sought);
    await vectors.remove(near, sought);
    expect((await vectors.nearest(sought, patient()))[0]?.key).toBe('other');
  });

  test('nothing crosses: it is the nearest of those alike in all else, and never a stranger’s', async () => {
    const words = fc.constantFrom('a', 'A', 'b', 'a b', '*', 'all', 'key#a', '');
    const whose = fc.record({
      embedder: fc.constantFrom('lab/a', 'lab-a', 'lab/A'),
      tenant: words,
      keyId: fc.option(words, { nil: undefined }),
      model: words,
      shape: words,
      vector: fc.oneof(
        fc.integer({ min: 0, max: 359 }).map(at),
        fc.constantFrom([1, 0, 0], [0, 1, 0], [0, 0.6, 0.8]), // of three dimensions
      ),
    });
    const story = fc.record({
      added: fc.array(fc.tuple(whose, fc.constantFrom(true, false, false, false)), { minLength: 1, maxLength: 12 }),
      // Those that somebody has added for the most part, or nothing would ever be found.
      sought: fc.array(
        fc.tuple(
          whose,
          fc.nat(),
          fc.constantFrom('', '', 'vector', 'vector', 'vector', 'tenant', 'keyId', 'model', 'shape', 'embedder'),
        ),
        { minLength: 2 },
      ),
    });
    let run = 0;
    let hits = 0;
    await fc.assert(
      fc.asyncProperty(story, async ({ added, sought }) => {
        const vectors = vectorsAt(place.endpoint);
        const own = <Vector extends Sought>(each: Vector): Vector => ({ ...each, tenant: `${run}/${each.tenant}` });
        run++;
        const kept = added.map(([each, over], index) =>
          placedOf(`${index}`, { ...own(each), expiresAt: over ? NOON : NOON + 1 }),
        );
        for (const each of kept) await vectors.add(each);
        for (const [other, which, differing] of sought) {
          const [like] = added[which % added.length] ?? [other];
          const asked = own({ ...like, ...(differing && { [differing]: other[differing] }) });
          const [found] = await vectors.nearest(asked, patient());
          const best = bestOf(kept, asked);
          expect(best.keys.length > 0).toBe(found !== undefined);
          if (found === undefined) continue;
          expect(found.score).toBeCloseTo(best.cosine, 5);
          expect(best.keys).toContain(found.key);
          hits++;
        }
      }),
      { numRuns: 60 },
    );
    expect(hits).toBeGreaterThan(50);
  });
});

/** What is nearest, by looking at each: several where they are as near as 32 bits can tell. */
function bestOf(kept: readonly (Sought & Placed)[], asked: Sought) {
  const facts = ({ embedder, tenant, keyId, model, shape, vector }: Sought) =>
    JSON.stringify([embedder, tenant, keyId ?? null, model, shape, vector.length]);
  const alike = kept
    .filter((each) => each.expiresAt > NOON && facts(each) === facts(asked))
    .map(({ key, vector }) => ({
      key,
      cosine: vector.reduce((sum, value, index) => sum + value * (asked.vector[index] ?? 0), 0),
    }));
  const cosine = Math.max(...alike.map((each) => each.cosine));
  return { cosine, keys: alike.filter((each) => each.cosine > cosine - 1e-5).map(({ key }) => key) };
}

describe('adding', () => {
  test('two may make an index at once', async () => {
    const embedder = 'lab/raced';
    const keys = ['a', 'b', 'c', 'd'];
    await Promise.all(
      keys.map((key, index) => vectorsAt(place.endpoint).add(placedOf(key, { embedder, vector: at(index * 90) }))),
    );
    const vectors = vectorsAt(place.endpoint);
    for (const [index, key] of keys.entries())
      expect((await vectors.nearest(soughtOf({ embedder, vector: at(index * 90) }), patient()))[0]?.key).toBe(key);
  });

  test('one looks for the index once', async () => {
    const line = await startVectorsLine(place.endpoint);
    const vectors = vectorsAt(line.url);
    await vectors.add(placedOf('one', { embedder: 'lab/counted' }));
    await vectors.add(placedOf('two', { embedder: 'lab/counted' }));
    const methods = line.asked.map((each) => each.replace(/ \/answers-[^/]*/, ' '));
    expect(methods.toSorted()).toEqual(['HEAD ', 'PUT ', 'POST /_doc', 'POST /_doc', 'POST /_search'].toSorted());
    await line.close();
  });

  test('an index that vanished is made anew by the next one', async () => {
    const other = await startVectors({ dataDir: `${folder}/empty` });
    const line = await startVectorsLine(place.endpoint);
    const vectors = vectorsAt(line.url);
    const embedder = 'lab/vanished';
    await vectors.add(placedOf('before', { embedder }));
    line.target = other.endpoint;
    expect(await failureOf(vectors.add(placedOf('lost', { embedder })))).toMatchObject({
      message: expect.stringMatching(/was taken away; the next vector makes it anew/),
    });
    await vectors.add(placedOf('after', { embedder }));
    expect((await vectors.nearest(soughtOf({ embedder }), patient()))[0]?.key).toBe('after');
    await Promise.all([line.close(), other.close()]);
  });

  test('one takes those away that are over, whosever they are, and no other, once a minute', async () => {
    let now = NOON;
    const embedder = 'lab/swept';
    const line = await startVectorsLine(place.endpoint);
    const vectors = vectorsAt(line.url, () => now);
    for (let index = 0; index < 25; index++)
      await vectors.add(placedOf(`${index}`, { embedder, tenant: `swept ${index}`, expiresAt: NOON + 1 }));
    await vectors.add(placedOf('lasting', { embedder, tenant: 'swept', expiresAt: NOON + 100_000 }));
    const bulks = () => line.asked.filter((each) => each.endsWith('/_bulk')).length;
    now = NOON + 59_000;
    await vectors.add(placedOf('soon', { embedder, expiresAt: NOON + 100_000 }));
    expect(bulks()).toBe(0);
    now = NOON + 60_000;
    await vectors.add(placedOf('new', { embedder, expiresAt: NOON + 100_000 }));
    expect(bulks()).toBe(1);
    now = NOON; // those that are left would be found again
    const left = await Promise.all(
      Array.from({ length: 25 }, (_, index) =>
        vectors.nearest(soughtOf({ embedder, tenant: `swept ${index}` }), patient()),
      ),
    );
    expect(left.filter((each) => each.length > 0)).toEqual([]);
    expect((await vectors.nearest(soughtOf({ embedder, tenant: 'swept' }), patient()))[0]?.key).toBe('lasting');
    await line.close();
  });

  test('one is added though those that are over cannot be taken away', async () => {
    const line = await startVectorsLine(place.endpoint);
    const vectors = vectorsAt(line.url);
    const tenant = fresh();
    line.instead = ({ url }, response) => {
      if (!url?.endsWith('/_search')) return false;
      response.writeHead(500).end();
      return true;
    };
    await vectors.add(placedOf('kept', { tenant }));
    line.instead = () => false;
    expect((await vectors.nearest(soughtOf({ tenant }), patient()))[0]?.key).toBe('kept');
    await line.close();
  });
});

describe('a place that fails', () => {
  test('is no answer: refusals and silence are told from none', async () => {
    const line = await startVectorsLine(place.endpoint);
    line.instead = (_, response) => {
      response
        .writeHead(500, { 'content-type': 'application/json' })
        .end('{"error":{"type":"exception","reason":"x"}}');
      return true;
    };
    const failure = await failureOf(vectorsAt(line.url).nearest(soughtOf({ vector: [0.123456, 0] }), patient()));
    expect(failure).toMatchObject({ message: expect.stringMatching(/^The place for vectors failed: exception/) });
    // What is logged of it holds no vector.
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('0.123456');
    await line.close();
    expect(await failureOf(vectorsAt(await nobody()).add(placedOf('lost')))).toBeInstanceOf(Error);
  });

  test('a 404 that is not of an index is a failure', async () => {
    const line = await serveHttp((_, response) => void response.writeHead(404).end());
    expect(await failureOf(vectorsAt(line.url).nearest(soughtOf(), patient()))).toBeInstanceOf(Error);
    await line.close();
  });

  test.each([
    ['says nothing', () => {}],
    [
      'stops in the middle',
      (write: (text: string) => void) => write('HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{"hi'),
    ],
  ])('that %s keeps nobody longer than they want to wait', async (_, say) => {
    const heard = Promise.withResolvers<void>();
    const gone = Promise.withResolvers<void>();
    const server = await serveTcp((socket) => {
      socket.once('data', () => {
        say((text) => socket.write(text));
        heard.resolve();
      });
      socket.once('close', () => gone.resolve());
    });
    const leaving = new AbortController();
    const asked = failureOf(vectorsAt(server.url).nearest(soughtOf(), leaving.signal));
    await heard.promise;
    const reason = new Error('enough');
    leaving.abort(reason);
    expect(await asked).toBe(reason);
    await gone.promise; // the connection ends, too
    await server.close();
  });

  test('nobody waits for an address, nor asks when it is too late already', async () => {
    const leaving = new AbortController();
    const reason = new Error('enough');
    const never = openSearchVectors({ endpoint: () => new Promise(() => {}), now: () => NOON });
    const asked = failureOf(never.nearest(soughtOf(), leaving.signal));
    leaving.abort(reason);
    expect(await asked).toBe(reason);
    const line = await startVectorsLine(place.endpoint);
    expect(await failureOf(vectorsAt(line.url).nearest(soughtOf(), leaving.signal))).toBe(reason);
    expect(line.asked).toEqual([]);
    await line.close();
  });

  test('an address that could not be told is asked for again', async () => {
    let asked = 0;
    const endpoint = async () => {
      if (asked++ === 0) throw new Error('not yet');
      return place.endpoint;
    };
    const vectors = openSearchVectors({ endpoint, now: () => NOON });
    expect(await failureOf(vectors.nearest(soughtOf(), patient()))).toMatchObject({ message: 'not yet' });
    expect(await vectors.nearest(soughtOf({ tenant: fresh() }), patient())).toEqual([]);
  });

  test('a connection that died while it was kept is replaced', async () => {
    const line = await startVectorsLine(place.endpoint);
    const vectors = vectorsAt(line.url);
    const tenant = fresh();
    await vectors.add(placedOf('kept', { tenant }));
    const searches = () => line.asked.filter((each) => each.endsWith('/_search')).length;
    const before = searches();
    let killed = false;
    line.instead = (request) => {
      if (killed) return false;
      killed = true;
      request.socket.destroy();
      return true;
    };
    expect((await vectors.nearest(soughtOf({ tenant }), patient()))[0]?.key).toBe('kept');
    expect(searches() - before).toBe(2);
    await line.close();
  });
});

test('in the cloud each request is signed for the service, with credentials as they are at the time', async () => {
  const seen: (string | undefined)[] = [];
  const server = await serveHttp((request, response) => {
    seen.push(`${request.headers.authorization} ${request.headers['x-amz-security-token']}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"hits":{"hits":[]}}');
  });
  let given = 0;
  const vectors = openSearchVectors({
    endpoint: async () => server.url,
    now: () => NOON,
    signing: {
      region: async () => 'eu-west-1',
      // Over in a moment, so that the next request needs others.
      credentials: async () => ({
        accessKeyId: `AKIA${given++}`,
        secretAccessKey: 'secret',
        sessionToken: 'token',
        expiration: new Date(Date.now() + 1_000),
      }),
    },
  });
  await vectors.nearest(soughtOf(), patient());
  await vectors.nearest(soughtOf(), patient());
  const scope = (id: string) =>
    new RegExp(
      `^AWS4-HMAC-SHA256 Credential=${id}/\\d{8}/eu-west-1/aoss/aws4_request, .*x-amz-content-sha256.* token$`,
    );
  expect(seen).toEqual([expect.stringMatching(scope('AKIA0')), expect.stringMatching(scope('AKIA1'))]);
  await server.close();
});
