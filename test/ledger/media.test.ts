import { describe, expect, test } from 'vitest';
import type { Fields } from '../../lib/ledger/ceiling-request.ts';
import { mediaBound, mediaEstimate, mediaIn } from '../../lib/ledger/media.ts';
import { pixelsOf } from '../../lib/ledger/media-pixels.ts';

const shown = (...content: readonly Fields[]) => mediaIn({ messages: [{ role: 'user', content }] });
const image = (url: string, detail?: string) => ({ type: 'image_url', image_url: { url, ...(detail && { detail }) } });
const far = image('https://images.example/a.png');

test.each([
  ['openai/gpt-4o', 1445],
  ['openai/gpt-4o-mini', 48_169],
  ['openai/gpt-5-nano', 3779],
  ['openai/gpt-5.5', 24_600],
  ['anthropic/claude-sonnet-4-5', 1600],
  ['bedrock/us.anthropic.claude-sonnet-4-20250514-v1:0', 1600],
  ['anthropic/claude-opus-4-7', 4800],
  ['anthropic/claude-opus-5-20260404', 4800],
  ['gemini/gemini-2.5-flash', 4128],
  ['vertex/gemini-3.1-pro', 2240],
  ['lab/unknown', 48_169],
])('an image costs no more than %s asks for one: %i', (target, tokens) => {
  expect(mediaBound(shown(far), target)).toBe(tokens);
  expect(mediaBound(shown(image(`data:image/png;base64,${'A'.repeat(1_000_000)}`)), target)).toBe(tokens);
  expect(mediaBound(shown(far, far), target)).toBe(2 * tokens);
});

test('a low detail is cheaper where it is heeded', () => {
  expect(mediaBound(shown(image('', 'low')), 'openai/gpt-4o')).toBe(85);
  expect(mediaBound(shown(image('', 'low')), 'openai/gpt-5-nano')).toBe(3779);
  expect(mediaBound(shown(image('', 'high')), 'openai/gpt-5.6-sol')).toBe(6150);
});

describe('a model that sees images as large as they are', () => {
  const target = 'openai/gpt-5.6-sol';
  const png = (width: number, height: number) => {
    const bytes = Buffer.alloc(24);
    bytes.writeUInt32BE(0x89504e47, 0);
    bytes.writeUInt32BE(width, 16);
    bytes.writeUInt32BE(height, 20);
    return `data:image/png;base64,${bytes.toString('base64')}`;
  };

  test('is given them by their pixels', () => {
    expect(mediaBound(shown(image(png(3200, 6400))), target)).toBe(Math.ceil(100 * 200 * 2.46));
  });

  test('may fill its window with those we cannot see', () => {
    expect(mediaBound(shown(far, far), target)).toBe(1_050_000);
    expect(mediaEstimate(shown(far, far), target)).toBe(2 * 16_384);
  });
});

const riff = '524946460000000057454250';

test.each<[string, string, readonly number[]]>([
  ['png', '89504e470d0a1a0a0000000d494844520000000500000007', [5, 7]],
  ['gif', '4749463839610500070000', [5, 7]],
  ['jpeg', 'ffd8ffe000044a46ffc4000400ffffc2000b080007000503', [5, 7]],
  ['webp, extended', `${riff}565038580a00000000000000040000060000`, [5, 7]],
  ['webp, lossless', `${riff}5650384c000000002f048001000000000000`, [5, 7]],
  ['webp, lossy', `${riff}56503820000000000000009d012a05000700`, [5, 7]],
])('the size of a %s is read from its head', (_, hex, size) => {
  expect(pixelsOf(`data:image/any;base64,${Buffer.from(hex, 'hex').toString('base64')}`)).toEqual(size);
});

test.each(['https://a.example/b.png', 'data:image/png;base64,AAAA', 'data:image/jpeg;base64,/9j/4AAA', ''])(
  'there is no size in %j',
  (url) => {
    expect(pixelsOf(url)).toBeUndefined();
  },
);

test('files, and kinds nobody knows, may fill the window, once', () => {
  const file = { type: 'file', file: { file_data: 'JVBERi0' } };
  expect(mediaBound(shown(file), 'lab/unknown')).toBe(1_048_576);
  expect(mediaBound(shown(file, { type: 'video_url', video_url: { url: '' } }), 'lab/unknown')).toBe(1_048_576);
  expect(mediaBound(shown(file), 'openai/gpt-4o')).toBe(128_000);
});

test('what a provider looks for by itself is read, too', () => {
  const messages = [{ role: 'user', content: 'hi' }];
  expect(mediaBound(mediaIn({ messages, web_search_options: {} }), 'lab/unknown')).toBe(1_048_576);
  expect(mediaIn({ messages, web_search_options: null, plugins: [], tools: [{ type: 'function' }] })).toEqual([]);
});

test('sound is as long as its bytes at the worst; in a format that may be denser, as long as the window', () => {
  const sound = (format: string) => shown({ type: 'input_audio', input_audio: { data: 'A'.repeat(400_000), format } });
  expect(mediaBound(sound('mp3'), 'lab/unknown')).toBe(15_050);
  expect(mediaBound(sound('flac'), 'lab/unknown')).toBe(1_048_576);
});
