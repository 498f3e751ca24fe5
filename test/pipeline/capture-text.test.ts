import { describe, expect, test } from 'vitest';
import { MOST_CAPTURE_BYTES, toCaptureText } from '../../lib/pipeline/capture-text.ts';
import type { CallRecord } from '../../lib/world.ts';

const ended = { id: 'req_1', at: 1_800_000_000_000, tenant: 'acme' } as unknown as CallRecord;

describe('where there is too much to keep', () => {
  const MB = 1024 * 1024;
  const text = (length: number) => 'x'.repeat(length);
  const textOf = (asked: string, said: string) => {
    const message = { role: 'assistant' as const, content: said, refusal: null };
    const choices = [{ index: 0, message, finish_reason: 'stop' as const }];
    const kept = toCaptureText(ended, {
      request: { messages: [{ role: 'user', content: asked }] },
      answer: { choices },
    });
    const found = JSON.parse(kept);
    const bytes = Buffer.byteLength(kept);
    expect(bytes).toBeLessThanOrEqual(MOST_CAPTURE_BYTES);
    return { found, bytes, asked: found.requestCut ?? JSON.stringify(found.request), said: found.answerCut ?? '' };
  };

  test('each side has what the other leaves', () => {
    const { found, bytes } = textOf(text(2 * MB), text(7 * MB));
    expect(found).toMatchObject({ cut: true, complete: false, request: { messages: [{ content: text(2 * MB) }] } });
    expect(bytes).toBeGreaterThan(MOST_CAPTURE_BYTES - 500);
    const other = textOf(text(7 * MB), text(2 * MB));
    expect(other.found.answer.choices[0].message.content).toBe(text(2 * MB));
    expect(other.bytes).toBeGreaterThan(MOST_CAPTURE_BYTES - 500);
  });

  test('each has half where both want more', () => {
    const { bytes, asked, said } = textOf(text(9 * MB), text(9 * MB));
    expect(bytes).toBeGreaterThan(MOST_CAPTURE_BYTES - 500);
    expect(Math.abs(asked.length - said.length)).toBeLessThan(100);
  });

  test('what must be quoted takes its room twice, and no more', () => {
    const quoted = textOf(text(MB), '"'.repeat(5 * MB));
    expect(quoted.bytes).toBeGreaterThan(MOST_CAPTURE_BYTES - 500);
    expect(quoted.said.length).toBeGreaterThan(3 * MB);
  });

  test('what just has room is whole', () => {
    const { bytes } = textOf(text(MB), text(MB));
    const most = MOST_CAPTURE_BYTES - bytes + MB - 128;
    expect(textOf(text(MB), text(most)).found).not.toHaveProperty('cut');
    expect(textOf(text(MB), text(most + 128)).found).toMatchObject({ cut: true });
  });
});
