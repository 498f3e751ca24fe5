import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type LocalVectors, startVectors } from '../../lib/local/vectors/start.ts';
import { type CachedSite, openCachedSite } from '../support/cached-site.ts';
import { embeds } from '../support/embeds.ts';
import { answer } from '../support/flaky.ts';
import { scratch } from '../support/gateway.ts';
import { reworded } from '../support/reworded.ts';
import { refusal, type Script } from '../support/upstream.ts';
import { type Line, startVectorsLine } from '../support/vectors.ts';

const { folder, remove } = scratch();
let vectors: LocalVectors;
let line: Line;
let site: CachedSite;
let embedding: Script;

beforeAll(async () => {
  vectors = await startVectors({ dataDir: folder });
  line = await startVectorsLine(vectors.endpoint);
  // A busy machine finds what there is in the table, too: here only the search is to be late.
  const cache = { mode: 'semantic', lookMs: 10_000, embeddings: { model: 'lab/embed' } };
  site = await openCachedSite(cache, { SLUICE_VECTORS_ENDPOINT: line.url });
  site.upstream.answerWith((asked, response) =>
    (asked.path.endsWith('/embeddings') ? embedding : answer('Good day.'))(asked, response),
  );
});
beforeEach(() => {
  line.instead = () => false;
  embedding = embeds;
});
afterAll(async () => {
  await site?.close();
  await line?.close();
  await vectors?.close();
  remove();
});

const semantic = { 'x-sluice-cache': 'semantic' };
/** Asks something new, that means what all questions mean here. */
const ask = (key: string, headers: Readonly<Record<string, string>> = semantic) =>
  site.ask(key, { messages: [{ role: 'user', content: reworded() }] }, headers);
const asked = (path: string) => site.upstream.asked.filter((each) => each.path.endsWith(path)).length;
const counted = () => site.gateway.counted('SemanticCacheUnavailable') + site.gateway.counted('SemanticCacheLate');
const similar = (key: string) => expect.poll(async () => (await ask(key)).cache).toContain('semantic-hit');

/** A call goes on without a search that comes to nothing, which is counted; and the next search finds again. */
async function expectWithout(reason: RegExp, mend: () => void) {
  const { key } = await site.keyOf();
  const before = { chats: asked('/chat/completions'), counted: counted() };
  const heard = await ask(key);
  expect(heard).toMatchObject({ status: 200, cache: expect.stringMatching(reason) });
  expect(heard.text).toContain('Good day.');
  expect(heard.ms).toBeLessThan(1_500);
  expect(asked('/chat/completions') - before.chats).toBe(1);
  await expect.poll(() => counted() - before.counted).toBeGreaterThan(0);
  mend();
  await similar(key);
}

const late = /^miss; reason=late$/;
const unavailable = /^miss; reason=(unavailable|late)$/; // which of the two depends on the machine

describe('a place for vectors that', () => {
  const faults: readonly [string, RegExp, Line['instead']][] = [
    ['keeps silent', late, () => true],
    ['answers beyond the budget', late, (_, response) => void setTimeout(() => response.end('{}'), 600) === undefined],
    ['breaks connections', unavailable, (request) => request.socket.resetAndDestroy() !== undefined],
    ['answers 500', unavailable, (_, response) => response.writeHead(500).end('{}') !== undefined],
    ['answers what is no JSON', unavailable, (_, response) => response.end('<html>') !== undefined],
    ['answers JSON that makes no sense', unavailable, (_, response) => response.end('{"hits":7}') !== undefined],
  ];

  test.each(faults)('%s is done without', async (_, reason, instead) => {
    line.instead = instead;
    await expectWithout(reason, () => {
      line.instead = () => false;
    });
  });
});

describe('a model for embeddings that', () => {
  const faults: readonly [string, RegExp, Script][] = [
    ['keeps silent', late, () => {}],
    ['breaks connections', unavailable, (_, { socket }) => void socket?.resetAndDestroy()],
    ['refuses', unavailable, refusal(503, { message: 'overloaded' })],
    ['answers what is no JSON', unavailable, (_, response) => void response.end('<html>')],
    ['answers without a vector', unavailable, (_, response) => void response.end('{"data":[]}')],
  ];

  test.each(faults)('%s is done without', async (_, reason, script) => {
    embedding = script;
    await expectWithout(reason, () => {
      embedding = embeds;
    });
  });
});

test.each([
  ['nothing', {}],
  ['exact', { 'x-sluice-cache': 'exact' }],
  ['off', { 'x-sluice-cache': 'off' }],
])(
  'a call that says %s of the cache asks neither for an embedding nor for vectors',
  async (_, headers: Readonly<Record<string, string>>) => {
    const { key } = await site.keyOf();
    await similar(key); // so they do work
    const before = { vectors: line.asked.length, embeddings: asked('/embeddings') };
    for (let call = 0; call < 3; call++) expect((await ask(key, headers)).status).toBe(200);
    expect({ vectors: line.asked.length, embeddings: asked('/embeddings') }).toEqual(before);
  },
);
