import { describe, expect, test } from 'vitest';
import { fold } from '../../../lib/openai/fold.ts';
import type { JsonObject } from '../../../lib/openai/json.ts';
import { converseDialect } from '../../../lib/providers/bedrock/bedrock.ts';
import { asked, assistant, opus48, sonnet45, tool, user, weather } from './asking.ts';

// Synthetic answers: a signed thought, a sealed one, a text and two calls.
const sealed = Buffer.from('sealed by its writer').toString('base64');
const round = (turn: number) => [
  { messageStart: { role: 'assistant' } },
  { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { text: `Thought ${turn}.` } } } },
  { contentBlockDelta: { contentBlockIndex: 0, delta: { reasoningContent: { signature: `signature${turn}==` } } } },
  { contentBlockStop: { contentBlockIndex: 0 } },
  { contentBlockDelta: { contentBlockIndex: 1, delta: { reasoningContent: { redactedContent: sealed } } } },
  { contentBlockStop: { contentBlockIndex: 1 } },
  { contentBlockDelta: { contentBlockIndex: 2, delta: { text: 'Looking.' } } },
  { contentBlockStop: { contentBlockIndex: 2 } },
  ...['a', 'b'].flatMap((name, nth) => [
    {
      contentBlockStart: {
        contentBlockIndex: 3 + nth,
        start: { toolUse: { toolUseId: `${name}${turn}`, name: 'weather' } },
      },
    },
    { contentBlockStop: { contentBlockIndex: 3 + nth } },
  ]),
  { messageStop: { stopReason: 'tool_use' } },
  { metadata: { usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 } } },
];

async function answerTo(turn: number, model = sonnet45) {
  const bytes = Buffer.from(
    round(turn)
      .map((event) => `${JSON.stringify(event)}\n`)
      .join(''),
  );
  const body = (async function* () {
    yield bytes;
  })();
  const { choices } = await fold(
    converseDialect.fromStream(body, { provider: 'bedrock', stamp: { id: 'x', created: 1, model } }),
  );
  return JSON.parse(JSON.stringify(choices[0]?.message));
}

/** What clients that know only the standard fields send back. */
const standard = ({ role, content, tool_calls }: JsonObject): JsonObject => ({ role, content, tool_calls });

const blocksOf = (turn: number) => [
  { reasoningContent: { reasoningText: { text: `Thought ${turn}.`, signature: `signature${turn}==` } } },
  { reasoningContent: { redactedContent: sealed } },
  { text: 'Looking.' },
  { toolUse: { toolUseId: `a${turn}`, name: 'weather', input: {} } },
  { toolUse: { toolUseId: `b${turn}`, name: 'weather', input: {} } },
];

type Echo = (message: JsonObject) => JsonObject;

/** Three rounds of two calls each, with what the client makes of every answer. */
async function loop(echo: Echo) {
  const messages: JsonObject[] = [user('Go.')];
  for (const turn of [1, 2, 3]) {
    const message = await answerTo(turn);
    messages.push(echo(message));
    for (const { id } of message.tool_calls) messages.push(tool(id, `Result of ${id.slice(0, 2)}`));
  }
  return messages;
}

describe('the thoughts of a model', () => {
  test.each<[string, Echo]>([
    ['sends back the standard fields only', standard],
    ['sends back all it got', (message) => message],
  ])('are complete in every round of tools where the client %s', async (_, echo) => {
    const messages = await loop(echo);
    const { body, dropped } = asked({ messages, tools: [weather], reasoning_effort: 'high' });
    expect(body.messages.map(({ role }: { role: string }) => role)).toEqual([
      'user',
      ...Array(3).fill(['assistant', 'user']).flat(),
    ]);
    for (const turn of [1, 2, 3]) {
      expect(body.messages[2 * turn - 1].content).toEqual(blocksOf(turn));
      expect(body.messages[2 * turn].content).toEqual(
        ['a', 'b'].map((name) => ({
          toolResult: { toolUseId: `${name}${turn}`, content: [{ text: `Result of ${name}${turn}` }] },
        })),
      );
    }
    // All is signed, so the model may go on thinking.
    expect(body.additionalModelRequestFields.thinking.type).toBe('enabled');
    expect(dropped).toEqual([]);
  });

  test('are sent to nobody else', async () => {
    const messages = await loop((message) => message);
    for (const model of [opus48, 'amazon.nova-pro-v1:0'])
      expect(JSON.stringify(asked({ messages, tools: [weather] }, model).body)).not.toMatch(
        /reasoningContent|signature|Thought/,
      );
  });

  test('come back from an answer without calls, to a client that knows reasoning_details', async () => {
    const { tool_calls: _, ...message } = await answerTo(1);
    const { body } = asked({ messages: [user('Hi'), message, user('Go on.')] });
    expect(body.messages[1].content).toEqual(blocksOf(1).slice(0, 3));
  });

  test('are sealed in the same way in every cloud', async () => {
    const { reasoning_details } = await answerTo(1);
    expect(reasoning_details).toEqual([
      {
        type: 'reasoning.text',
        text: 'Thought 1.',
        signature: 'signature1==',
        format: 'anthropic/claude-sonnet-4-5',
        index: 0,
      },
      { type: 'reasoning.encrypted', data: 'sealed by its writer', format: 'anthropic/claude-sonnet-4-5', index: 1 },
    ]);
  });

  test('without a seal stay here, and are no message of their own', () => {
    const unsealed = {
      ...assistant(''),
      reasoning_details: [{ type: 'reasoning.text', text: 'Hm.', format: 'anthropic/claude-sonnet-4-5' }],
    };
    const { body } = asked({ messages: [user('Hi'), unsealed, user('Go on.')] });
    expect(body.messages).toEqual([{ role: 'user', content: [{ text: 'Hi' }, { text: 'Go on.' }] }]);
  });
});
