import { Readable } from 'node:stream';
import OpenAI from 'openai';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readText } from '../../lib/wire/text.ts';
import { type Gateway, scratch, startGateway } from '../support/gateway.ts';
import { type Message, runTools } from '../support/providers/client.ts';
import { configAt, environment, startProviders } from '../support/providers/start.ts';
import { story } from '../support/providers/story.ts';
import { serveHttp } from '../support/server.ts';

/** Claude's maker, whose service is there or not, and Bedrock, which has the same model. */
let providers: Awaited<ReturnType<typeof startProviders>>;
let maker: Awaited<ReturnType<typeof serveHttp>>;
let gateway: Gateway;
let openai: OpenAI;
let down = false;
let refused = 0;
const { folder, remove } = scratch();

const MODEL = 'anthropic/claude-sonnet-4-5';
const SAME_ELSEWHERE = 'bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0';

beforeAll(async () => {
  providers = await startProviders();
  maker = await serveHttp(async (request, response) => {
    const body = await readText(request);
    if (down) {
      refused++;
      const error = { type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } };
      response.writeHead(503, { 'content-type': 'application/json' }).end(JSON.stringify(error));
      return;
    }
    const headers = {
      'content-type': 'application/json',
      ...pick(request.headers, ['x-api-key', 'anthropic-version']),
    };
    const answer = await fetch(`${providers.url}${request.url}`, { method: 'POST', headers, body });
    response.writeHead(answer.status, Object.fromEntries(answer.headers));
    Readable.fromWeb(answer.body as never).pipe(response);
  });
  const { providers: all, ...config } = configAt(providers.url) as { providers: Record<string, object> };
  const { anthropic, bedrock } = all;
  const away = { ...anthropic, baseUrl: `${maker.url}/anthropic` };
  gateway = await startGateway(`${folder}/data`, { ...config, providers: { anthropic: away, bedrock } }, environment);
  openai = new OpenAI({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
});
afterAll(async () => {
  await gateway?.stop();
  await maker?.close();
  await providers?.close();
  remove();
});

const pick = (headers: Readonly<Record<string, string | string[] | undefined>>, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (headers[name] === undefined ? [] : [[name, String(headers[name])]])));

const modes = [
  ['streamed', true],
  ['whole', false],
] as const;
const asking = (prompt: string): Message[] => [{ role: 'user', content: prompt }];

test.each(modes)(
  'an application notices nothing when Claude goes down between two turns of a tool loop, and is back (%s)',
  async (how, stream) => {
    const prompt = `Where shall I go? (${how})`;
    let messages = asking(prompt);
    for (const outage of [false, true, false]) {
      down = outage;
      const step = await runTools(openai, { model: MODEL, messages, stream, turns: 1 });
      messages = step.messages as Message[];
    }
    expect(messages.at(-1)?.content).toBe(story[2].text);
    const asked = providers.visits(prompt);
    expect(asked.map(({ path, refused }) => [path.split('/')[1], refused])).toEqual([
      ['anthropic', undefined],
      ['bedrock', undefined],
      ['anthropic', undefined],
    ]);
  },
);

test('an outage that lasts costs a few calls a try, and none its answer', async () => {
  down = true;
  const before = refused;
  for (const [how, stream] of modes) {
    for (let call = 0; call < 8; call++) {
      const step = await runTools(openai, { model: MODEL, messages: asking(`${how} ${call}`), stream, turns: 1 });
      expect(step.completions[0]?.choices[0]?.finish_reason).toBe('tool_calls');
      expect(step.completions[0]?.model).toMatch(/claude-sonnet-4-5/);
    }
  }
  down = false;
  expect(refused - before).toBeLessThanOrEqual(3); // then it is left alone for a while
  expect(await gateway.call(({ model }) => model === SAME_ELSEWHERE)).toMatchObject({
    status: 'ok',
    requestedModel: MODEL,
  });
});
