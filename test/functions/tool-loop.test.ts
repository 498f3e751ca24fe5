import OpenAI, { BadRequestError } from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Gateway, scratch, startGateway } from '../support/gateway.ts';
import { type Message, type Ran, runTools, tools } from '../support/providers/client.ts';
import { configAt, environment, startProviders } from '../support/providers/start.ts';
import { countsOf, resultOf, story } from '../support/providers/story.ts';

const targets = [
  'anthropic/claude-sonnet-4-5',
  'anthropic/claude-opus-4-8',
  'gemini/gemini-3-pro-preview',
  'gemini/gemini-2.5-flash',
  'vertex/gemini-3-flash-preview',
  'vertex/claude-sonnet-4-5@20250929',
  'bedrock/eu.anthropic.claude-sonnet-4-5-20250929-v1:0',
  'azure/o4-mini',
  'cohere/command-a-reasoning-08-2025',
  'lab/thinker',
];
/** Their thoughts are for nobody to read. */
const hidden = ['azure/o4-mini'];
/** They do not tell reasoning from the rest of the output. */
const unsplit = /^(bedrock|cohere)\//;
const allCalls = story.flatMap(({ calls }): readonly Ran[] => calls);
const answer = story[2].text;

let providers: Awaited<ReturnType<typeof startProviders>>;
let gateway: Gateway;
let openai: OpenAI;
const { folder, remove } = scratch();

beforeAll(async () => {
  providers = await startProviders();
  gateway = await startGateway(`${folder}/data`, configAt(providers.url), environment);
  openai = new OpenAI({ baseURL: gateway.url, apiKey: gateway.key, maxRetries: 0 });
});
afterAll(async () => {
  await gateway?.stop();
  await providers?.close();
  remove();
});

const asking = (prompt: string): Message[] => [{ role: 'user', content: prompt }];

describe.each([
  ['streamed', true],
  ['whole', false],
])('the tool loop of the unmodified OpenAI SDK, %s', (how, stream) => {
  test.each(targets)('%s takes three turns, with two calls at once in two of them', async (model) => {
    const prompt = `Where shall I go? (${model}, ${how})`;
    const { ran, thoughts, completions, final } = await runTools(openai, { model, messages: asking(prompt), stream });
    expect(final).toBe(answer);
    expect(ran).toEqual(allCalls);
    expect(completions.map(({ choices }) => choices[0]?.finish_reason)).toEqual(['tool_calls', 'tool_calls', 'stop']);
    completions.forEach(({ usage }, turn) => {
      const { input, cached, output, reasoning } = countsOf(turn);
      expect(usage).toMatchObject({
        prompt_tokens: input,
        completion_tokens: output,
        total_tokens: input + output,
        prompt_tokens_details: { cached_tokens: cached },
        ...(!unsplit.test(model) && { completion_tokens_details: { reasoning_tokens: reasoning } }),
      });
    });
    expect(thoughts).toBe(hidden.includes(model) ? '' : story.map(({ thought }) => thought).join(''));
    expect(providers.visits(prompt).map(({ refused }) => refused)).toEqual([undefined, undefined, undefined]);
  });
});

describe('a conversation that goes from one model to another and back', () => {
  const ways = targets.flatMap((one) => targets.filter((other) => other !== one).map((other) => [one, other] as const));

  test.each(ways)('%s → %s and back: signatures go to their writers alone', async (one, other) => {
    const prompt = `Where shall I go? (${one} and ${other})`;
    const stream = (targets.indexOf(one) + targets.indexOf(other)) % 2 === 0;
    let messages = asking(prompt);
    const ran: Ran[] = [];
    for (const model of [one, other, one]) {
      const step = await runTools(openai, { model, messages, stream, turns: 1 });
      ran.push(...step.ran);
      messages = step.messages;
    }
    expect(messages.at(-1)?.content).toBe(answer);
    expect(ran).toEqual(allCalls);
    expect(providers.visits(prompt).map(({ refused }) => refused)).toEqual([undefined, undefined, undefined]);
  });
});

describe('what is not yet so', () => {
  // "If populated, the client to execute the function_call and return the response with the matching id."
  // https://ai.google.dev/api/caching#FunctionCall
  test.each(['gemini/gemini-3.7-flash', 'vertex/gemini-3.7-flash'])(
    '%s finds the ids it gave on its calls and on their results',
    async (model) => {
      const prompt = `Where shall I go? (${model}, by id)`;
      const { final } = await runTools(openai, { model, messages: asking(prompt), stream: true });
      expect(final).toBe(answer);
    },
  );
});

describe('other clients', () => {
  test.each(targets)('%s understands one that sends back all it was given', async (model) => {
    const prompt = `Where shall I go? (${model}, echoed)`;
    const messages = asking(prompt);
    for (const { calls } of story) {
      const { choices } = await openai.chat.completions.create({
        model,
        messages,
        tools: tools([]).map(({ type, function: { name, parameters } }) => ({ type, function: { name, parameters } })),
        reasoning_effort: 'low',
      });
      const said = choices[0]?.message;
      if (said === undefined) break;
      messages.push(said);
      said.tool_calls?.forEach(({ id }, at) => {
        const call = calls[at];
        if (call !== undefined) messages.push({ role: 'tool', tool_call_id: id, content: resultOf(call) });
      });
    }
    expect(messages.at(-1)?.content).toBe(answer);
    expect(providers.visits(prompt).map(({ refused }) => refused)).toEqual([undefined, undefined, undefined]);
  });

  test.each(targets.filter((each) => /claude|gemini/.test(each)))(
    '%s gets its results in the order of its calls, though they come in another',
    async (model) => {
      const prompt = `Where shall I go? (${model}, in another order)`;
      const { messages } = await runTools(openai, { model, messages: asking(prompt), stream: false, turns: 1 });
      const [asked, said, first, second] = messages;
      if (asked === undefined || said === undefined || first === undefined || second === undefined) throw new Error();
      const { final } = await runTools(openai, { model, messages: [asked, said, second, first], stream: false });
      expect(final).toBe(answer);
    },
  );
});

describe('the scripted providers are as strict as real ones', () => {
  test.each(targets.filter((each) => /claude|gemini/.test(each)))(
    '%s refuses a turn that has lost its signature',
    async (model) => {
      const prompt = `Where shall I go? (${model}, cut)`;
      const { messages } = await runTools(openai, { model, messages: asking(prompt), stream: false, turns: 1 });
      const cut = JSON.parse(JSON.stringify(messages).replaceAll(/~[\w-]+/g, ''));
      const error = await runTools(openai, { model, messages: cut, stream: false }).catch((thrown) => thrown);
      expect(error).toBeInstanceOf(BadRequestError);
      expect(error.message).toContain('messages: expected');
      expect(providers.visits(prompt)).toHaveLength(2);
    },
  );

  test.each(targets)('%s refuses a turn that it did not take so', async (model) => {
    const prompt = `Where shall I go? (${model}, forged)`;
    const { messages } = await runTools(openai, { model, messages: asking(prompt), stream: false, turns: 1 });
    const forged = JSON.parse(JSON.stringify(messages).replaceAll('Paris', 'London'));
    const error = await runTools(openai, { model, messages: forged, stream: false }).catch((thrown) => thrown);
    expect(error).toBeInstanceOf(BadRequestError);
    expect(providers.visits(prompt).at(-1)?.refused).toContain('London');
  });
});
