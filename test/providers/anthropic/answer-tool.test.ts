import { expect, test } from 'vitest';
import { fold } from '../../../lib/openai/fold.ts';
import { ANSWER_TOOL } from '../../../lib/providers/anthropic/answer-tool.ts';
import { read } from './dialogue.ts';

const events = (...all: object[]) => all.map((event) => `data: ${JSON.stringify(event)}\n\n`).join('');

/** Synthetic, after the documentation of streamed tool use. */
const answer = (...pieces: string[]) =>
  events(
    { type: 'message_start', message: { id: 'msg_1', model: 'claude-sonnet-4-20250514', usage: { input_tokens: 5 } } },
    {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 'toolu_1', name: ANSWER_TOOL, input: {} },
    },
    ...pieces.map((partial_json) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'input_json_delta', partial_json },
    })),
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage: { output_tokens: 9 } },
    { type: 'message_stop' },
  );

test('an answer given through the tool is the text of the answer, which stops', async () => {
  const { choices, usage } = await fold(read([answer('', '{"city":', '"Paris"}')]));
  expect(choices).toMatchObject([{ finish_reason: 'stop', message: { content: '{"city":"Paris"}' } }]);
  expect(choices[0]?.message).not.toHaveProperty('tool_calls');
  expect(usage).toMatchObject({ prompt_tokens: 5, completion_tokens: 9 });
});

test('an empty answer given through the tool is an empty object', async () => {
  expect((await fold(read([answer()]))).choices[0]?.message.content).toBe('{}');
});
