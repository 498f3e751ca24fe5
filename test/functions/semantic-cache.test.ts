import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { demoKey, type Gateway, openaiAt, scratch, startGateway } from '../support/gateway.ts';
import { sluice } from '../support/sluice.ts';
import { readingOf } from '../support/tables.ts';
import { type Script, startUpstream, type Upstream, wholeAnswer } from '../support/upstream.ts';

const { folder, remove } = scratch();
let upstream: Upstream;
let gateway: Gateway;

/** What the stand-in for an embedding model makes of a text: an angle in degrees. Alike are texts of one angle. */
const ANGLES: Readonly<Record<string, number>> = {
  'If the password is forgotten, how do I reset it?': 0,
  'How do I reset it if the password is forgotten?': 10,
  'Is there a way to get a password again?': 30,
  'How do I delete my account?': 80,
};
const model: Script = (asked, response) => {
  if (asked.path !== '/v1/embeddings') return wholeAnswer(`Answer ${++answers}.`)(asked, response);
  embedded.push(asked.body);
  const angle = ((ANGLES[String([asked.body.input].flat()[0])] ?? 45) * Math.PI) / 180;
  const data = [{ object: 'embedding', index: 0, embedding: [Math.cos(angle), Math.sin(angle)] }];
  const usage = { prompt_tokens: 7, total_tokens: 7 };
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ object: 'list', model: 'embed', data, usage }));
};
let answers = 0;
const embedded: Record<string, unknown>[] = [];

beforeAll(async () => {
  upstream = await startUpstream(model);
  const config = {
    ...openaiAt(upstream.baseUrl),
    cache: { mode: 'semantic', lookMs: 10_000, threshold: 0.9, embeddings: { model: 'openai/embed', budgetMs: 5_000 } },
  };
  gateway = await startGateway(`${folder}/data`, config, { TEST_PROVIDER_KEY: 'sk-provider' });
});
beforeEach(() => {
  embedded.length = 0;
});
afterAll(async () => {
  await gateway?.stop();
  await upstream?.close();
  remove();
});

type Body = { choices: { message: { content: string } }[]; usage: { cost: number } };
let systems = 0;
/** A system line that no other test has, so that none finds another's answers. */
const fresh = () => `You help. (${++systems})`;

async function ask(system: string, text: string, header = 'semantic', more: object = {}, key = demoKey) {
  const response = await fetch(`${gateway.url}/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'x-sluice-cache': header },
    body: JSON.stringify({
      model: 'openai/m',
      messages: [
        { role: 'system', content: system },
        { role: 'user', content: text },
      ],
      ...more,
    }),
  });
  const body: Body = JSON.parse(await response.text());
  const id = String(response.headers.get('x-request-id'));
  return {
    id,
    cache: String(response.headers.get('x-sluice-cache')),
    text: body.choices[0]?.message.content,
    usage: body.usage,
  };
}

const [first = '', alike = '', farther = '', other = ''] = Object.keys(ANGLES);

/** Asks, and waits until that can be found: it is kept when its caller has the answer, not before. */
async function kept(system: string, text: string) {
  const made = await ask(system, text);
  expect(made.cache).toMatch(/^miss/);
  await expect.poll(() => readFileSync(`${gateway.dataDir}/vectors.jsonl`, 'utf8')).toContain(made.id);
  return made;
}

describe('a question that means the same', () => {
  test('gets the kept answer, its score, its source, and what the search costs', async () => {
    const system = fresh();
    const made = await kept(system, first);
    expect((await ask(system, alike)).cache).toMatch(/^semantic-hit; score=/);
    const given = await ask(system, alike);
    expect(given.text).toBe(made.text);
    expect(given.cache).toContain(made.id);
    expect(given.usage.cost).toBe(0.000007); // seven tokens at a dollar a million
    const tables = await readingOf(gateway.dataDir);
    await expect
      .poll(async () => (await tables.calls('demo')).find(({ id }) => id === given.id))
      .toMatchObject({
        cache: 'semantic-hit',
        cacheScore: 0.9848,
        cacheSource: made.id,
        cacheEmbedder: 'openai/embed',
        cacheNanoUsd: 7_000,
        bill: { nanoDollars: 7_000, estimated: false },
        savedNanoUsd: 16_000,
        attempts: [],
      });
  });

  test('but is too far away is asked, and says how far', async () => {
    const system = fresh();
    await kept(system, first);
    expect((await ask(system, alike)).cache).toMatch(/^semantic-hit; score=/);
    expect((await ask(system, farther)).cache).toBe('miss; score=0.866');
    expect((await ask(system, alike, 'semantic; threshold=0.99')).cache).toBe('miss; score=0.9848');
    expect((await ask(system, other)).cache).toMatch(/^miss/);
  });

  test('is the caller’s to ask for: without the header, or with exact, nothing is embedded', async () => {
    const system = fresh();
    await kept(system, first);
    expect((await ask(system, alike)).cache).toMatch(/^semantic-hit; score=/);
    embedded.length = 0;
    const plain = new OpenAI({ apiKey: demoKey, baseURL: gateway.url });
    const messages = [
      { role: 'system' as const, content: system },
      { role: 'user' as const, content: alike },
    ];
    const { response } = await plain.chat.completions.create({ model: 'openai/m', messages }).withResponse();
    expect(response.headers.get('x-sluice-cache')).toBe('miss');
    expect((await ask(system, farther, 'exact')).cache).toBe('miss');
    expect(embedded).toEqual([]);
  });

  test.each([
    ['another system line', fresh(), {}],
    ['another parameter', undefined, { seed: 7 }],
    [
      'a tool',
      undefined,
      { tools: [{ type: 'function', function: { name: 'reset', parameters: { type: 'object' } } }] },
    ],
    [
      'a schema',
      undefined,
      { response_format: { type: 'json_schema', json_schema: { name: 'a', schema: { type: 'object' } } } },
    ],
    ['another model', undefined, { model: 'openai/n' }],
  ])('is another question with %s', async (_, system, more) => {
    const own = fresh();
    await kept(own, first);
    expect((await ask(own, alike)).cache).toMatch(/^semantic-hit; score=/);
    expect((await ask(system ?? own, alike, 'semantic', more)).cache).toMatch(/^miss/);
  });

  test('is another key’s no less than another tenant’s', async () => {
    const system = fresh();
    await kept(system, first);
    expect((await ask(system, alike)).cache).toMatch(/^semantic-hit; score=/);
    const { stdout } = await sluice(['--local', '--json', 'keys', 'create', '--tenant', 'demo'], gateway.dataDir);
    const { key } = JSON.parse(stdout);
    expect((await ask(system, alike, 'semantic', {}, key)).cache).toBe('miss');
  });

  test('is literal where it has to be: a number, a name, a “not”', async () => {
    const system = fresh();
    const question = 'May I take 5 mg of it with food?';
    await kept(system, question);
    expect((await ask(system, 'May I take 5 mg of it with food, please?')).cache).toMatch(/^semantic-hit; score=/);
    for (const near of [
      'May I take 50 mg of it with food?',
      'May I not take 5 mg of it with food?',
      'May Ann take 5 mg of it with food?',
    ])
      expect((await ask(system, near)).cache).toMatch(/^miss/);
  });

  test('is not one that only looks the same, a few words apart', async () => {
    const system = fresh();
    await kept(system, 'How do I zoom in on the map?');
    expect((await ask(system, 'How do I zoom out on the map?')).cache).toMatch(/^miss/);
    const museum = 'Is the museum free for tourists on this island?';
    const guide = fresh();
    await kept(guide, museum);
    for (const near of [
      'Is the museum free for locals on this island?',
      'Was the museum free for tourists on this island?',
      'Is the museum free of tourists on this island?',
    ])
      expect((await ask(guide, near)).cache).toBe('miss; score=1; reason=few-words-apart');
  });

  test('is looked for only where it is short enough to be a question', async () => {
    const system = fresh();
    embedded.length = 0;
    expect((await ask(system, 'so '.repeat(401))).cache).toBe('miss; reason=no-question');
    expect(embedded).toEqual([]);
    expect((await ask(system, 'so '.repeat(400))).cache).toBe('miss');
    expect(embedded).toHaveLength(1);
  });

  test('keeps its words as marks, not in the clear', async () => {
    await kept(fresh(), 'Which walrus is asleep?');
    expect(readFileSync(`${gateway.dataDir}/vectors.jsonl`, 'utf8')).not.toMatch(/walrus|asleep/);
  });

  test('is told that its answer was bad, and the answer is not given again', async () => {
    const system = fresh();
    await kept(system, first);
    expect((await ask(system, alike)).cache).toMatch(/^semantic-hit; score=/);
    const given = await ask(system, alike);
    const tables = await readingOf(gateway.dataDir);
    await expect.poll(async () => (await tables.calls('demo')).some(({ id }) => id === given.id)).toBe(true);
    const { stdout } = await sluice(
      ['--local', '--json', 'cache', 'evict', given.id, '--tenant', 'demo'],
      gateway.dataDir,
    );
    expect(JSON.parse(stdout)).toMatchObject({ evicted: true });
    expect((await ask(system, alike)).cache).toMatch(/^miss/);
    expect((await ask(system, first, 'exact')).cache).toBe('miss');
  });
});
