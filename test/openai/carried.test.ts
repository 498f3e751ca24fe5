import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { carrying, plainId, unfolding } from '../../lib/openai/carried.ts';
import { sent } from '../providers/anthropic/dialogue.ts';
import { asked } from '../providers/bedrock/asking.ts';
import { provider, sent as sentTo } from '../providers/compatible/asking.ts';
import { computing } from '../support/computing.ts';

const thought = { writer: 'anthropic/claude', text: 'Two cities.', signature: 'c2VhbA==' };
const folded = carrying({ id: 'call_1', thoughts: [thought] });
const seam = folded.slice('call_1'.length, 'call_1'.length + 5);
const packed = (text: string) => deflateRawSync(text).toString('base64url');
const padded = (length: number) => JSON.stringify([['anthropic/claude', 'A'.repeat(length)]]);

describe('an id that carries thoughts', () => {
  test('gives them back, and is plain without them', () => {
    expect(unfolding()(folded)).toEqual({ id: 'call_1', thoughts: [thought] });
    expect(plainId(folded)).toBe('call_1');
  });

  test.each(['call_1', 'a~b', 'a~S7QyAgA', '~', 'x~th1-', 'x~th1-a b', 'x~th1-a.b'])(
    'of another make stays whole: %s',
    (id) => {
      expect(unfolding()(id)).toEqual({ id, thoughts: [] });
      expect(plainId(id)).toBe(id);
    },
  );

  test('tampered with is the same plain id for call and result', () => {
    const cut = folded.slice(0, -4);
    expect(unfolding()(cut)).toEqual({ id: 'call_1', thoughts: [] });
    expect(plainId(cut)).toBe('call_1');
  });

  test('that unfolds to more than an honest one is an id without thoughts', () => {
    expect(unfolding()(`a${seam}${packed(padded(100_000))}`)).toEqual({ id: 'a', thoughts: [] });
  });

  test('is unfolded only within the budget of its request', () => {
    const unfold = unfolding(150);
    const counts = [folded, folded, folded].map((id) => unfold(id).thoughts.length);
    expect(counts).toEqual([1, 1, 0]);
  });

  test('costs next to nothing when it is a bomb', () => {
    const bomb = packed(padded(1024 * 1024));
    const noise = Buffer.alloc(900, 7).toString('base64url').slice(0, 1000);
    const ids = Array.from({ length: 2000 }, (_, at) => `c${at}${seam}${bomb}${noise}`);
    const messages = [
      { role: 'user', content: 'Go' },
      ...ids.flatMap((id) => [
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id, type: 'function', function: { name: 'f', arguments: '{}' } }],
        },
        { role: 'tool', tool_call_id: id, content: 'ok' },
      ]),
    ];
    expect(JSON.stringify(messages).length).toBeGreaterThan(6_000_000);
    const dialects: Readonly<Record<string, () => unknown>> = {
      anthropic: () => sent({ messages }),
      bedrock: () => asked({ messages }),
      gemini: () => sentTo(provider('gemini', { credential: 'env:K' }), { messages }, 'gemini-2.5-flash'),
      cohere: () => sentTo(provider('cohere', { credential: 'env:K' }), { messages }, 'command-a'),
      openai: () => sentTo(provider('openai', { credential: 'env:K' }), { messages }, 'gpt-5'),
    };
    for (const [name, translate] of Object.entries(dialects)) {
      const tookMs = computing();
      translate();
      expect([name, tookMs() < 1000]).toEqual([name, true]);
    }
  });
});
