import { describe, expect, test } from 'vitest';
import { unfolding } from '../../../lib/openai/carried.ts';
import { folded, type Piece, piece } from './answers.ts';

type Made = { readonly id: string; readonly function: { readonly name: string; readonly arguments: string } };

async function callsOf(pieces: readonly Piece[]): Promise<readonly Made[]> {
  const { choices } = await folded([...pieces, piece([], { finishReason: 'STOP' })]);
  expect(choices[0]?.finish_reason).toBe('tool_calls');
  return (choices[0]?.message.tool_calls ?? []) as readonly Made[];
}

describe('calls', () => {
  test('without ids get some of their own, and keep those they have', async () => {
    const calls = await callsOf([
      piece([{ functionCall: { name: 'a', args: { x: 1 } } }, { functionCall: { name: 'a' } }]),
      piece([{ functionCall: { id: 'fc-9', name: 'b', args: {} } }]),
    ]);
    expect(calls.map(({ id }) => id)).toEqual(['call_req_1_0_0', 'call_req_1_0_1', 'fc-9']);
    expect(calls.map((call) => call.function)).toEqual([
      { name: 'a', arguments: '{"x":1}' },
      { name: 'a', arguments: '{}' },
      { name: 'b', arguments: '{}' },
    ]);
  });

  test('of two candidates never share an id', async () => {
    const content = { role: 'model', parts: [{ functionCall: { name: 'a' } }] };
    const { choices } = await folded([
      { candidates: [0, 1].map((index) => ({ index, content, finishReason: 'STOP' })) },
    ]);
    const ids = choices.flatMap(({ message }) => ((message.tool_calls ?? []) as readonly Made[]).map(({ id }) => id));
    expect(new Set(ids).size).toBe(2);
  });

  test('carry their signatures in their ids', async () => {
    const [first, second] = await callsOf([
      piece([{ functionCall: { name: 'a' }, thoughtSignature: 'c2ln' }, { functionCall: { name: 'b' } }]),
    ]);
    expect(unfolding()(first?.id ?? '')).toEqual({
      id: 'call_req_1_0_0',
      thoughts: [{ writer: 'gemini/gemini-2.5-flash', signature: 'c2ln' }],
    });
    expect(second?.id).toBe('call_req_1_0_1');
  });

  test('come together from arguments by path', async () => {
    const part = (partialArgs: readonly Piece[]) => piece([{ functionCall: { partialArgs, willContinue: true } }]);
    const [first, second] = await callsOf([
      piece([{ functionCall: { name: 'cook', willContinue: true }, thoughtSignature: 'c2ln' }]),
      part([{ jsonPath: '$.dish.steps[0]', stringValue: 'Boil ', willContinue: true }]),
      part([{ jsonPath: '$.dish.steps[0]', stringValue: 'water.' }]),
      part([
        { jsonPath: '$.dish.steps[1]', stringValue: 'Eat.' },
        { jsonPath: '$.dish.serves', numberValue: 2 },
      ]),
      part([{ jsonPath: "$['odd name']", boolValue: true }]),
      part([{ jsonPath: '$.note', nullValue: 'NULL_VALUE' }]),
      piece([{ functionCall: {} }]),
      piece([{ functionCall: { name: 'ping', args: {} } }]),
    ]);
    expect(JSON.parse(first?.function.arguments ?? '')).toEqual({
      dish: { steps: ['Boil water.', 'Eat.'], serves: 2 },
      'odd name': true,
      note: null,
    });
    expect(unfolding()(first?.id ?? '').thoughts).toHaveLength(1);
    expect(second?.function).toEqual({ name: 'ping', arguments: '{}' });
  });

  test('cannot reach beyond their own arguments', async () => {
    const [call] = await callsOf([
      piece([
        {
          functionCall: {
            name: 'a',
            partialArgs: [
              { jsonPath: '$.__proto__.polluted', stringValue: 'yes' },
              { jsonPath: '$.list[4294967294]', stringValue: 'far' },
              { jsonPath: '$', stringValue: 'root' },
            ],
          },
        },
      ]),
    ]);
    expect({}).not.toHaveProperty('polluted');
    expect(call?.function.arguments).toBe('{"__proto__":{"polluted":"yes"},"list":["far"]}');
  });
});
