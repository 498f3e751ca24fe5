import { describe, expect, test } from 'vitest';
import type { Json } from '../../../lib/openai/json.ts';
import { lastTurn } from '../../../lib/pipeline/cache/last-turn.ts';

const textOf = (content: Json) => lastTurn({ model: 'm', messages: [{ role: 'user', content }] })?.text;

describe('what a user said last', () => {
  test('is one text, however its letters are written', () => {
    expect(textOf('ﬁne cafe\u0301 ')).toBe('fine café');
    expect(textOf([{ type: 'text', text: 'ﬁne' }])).toBe('fine');
  });

  test('keeps what is raised or a fraction from other digits', () => {
    expect(textOf('5²')).not.toBe(textOf('52'));
    expect(textOf('x₁')).not.toBe(textOf('x1'));
    expect(textOf('1½ cups')).not.toBe(textOf('11/2 cups'));
  });

  test('is no question to compare where it is longer than one, as it is written or once it is one text', () => {
    expect(textOf('x'.repeat(8_000))).toBeDefined();
    expect(textOf('x'.repeat(8_001))).toBeUndefined();
    expect(textOf('ﷺ'.repeat(444))).toBeDefined(); // each is eighteen letters
    expect(textOf('ﷺ'.repeat(445))).toBeUndefined();
    expect(textOf('½'.repeat(8_000))).toBeUndefined();
  });

  test.each(['ﷺ', '½', '\u0301', ' ', '\ud800', 'x'])('a megabyte of %j is none', (scrap) => {
    const content = scrap.repeat(1_000_000);
    expect(textOf(content)).toBeUndefined();
    expect(textOf(content.slice(0, 8_000)) ?? '').not.toContain('ﷺ');
  });
});
