import { expect, test } from 'vitest';
import { toChatRequest } from '../../lib/openai/request.ts';
import { type DialectName, unsaid } from '../../lib/providers/parameters.ts';

const dropped = (dialect: DialectName, ...messages: object[]) =>
  unsaid(toChatRequest(JSON.parse(JSON.stringify({ model: 'm', messages }))), dialect, 'p');
const image = { type: 'image_url', image_url: { url: 'https://x.example/a.png', detail: 'low' } };
const cached = { type: 'text', text: 'long', cache_control: { type: 'ephemeral' } };

test('a hint inside messages that has no place is named, once', () => {
  const messages = [
    { role: 'user', name: 'ann', content: [image, image, cached] },
    { role: 'user', name: 'bob', content: [cached] },
  ];
  expect(dropped('gemini', ...messages)).toEqual(['messages.name', 'image_url.detail', 'cache_control']);
  expect(dropped('anthropic', ...messages)).toEqual(['messages.name', 'image_url.detail']);
});

test('a hint to cache is kept on the text of all but the assistant, where there is a place for it', () => {
  expect(dropped('converse', { role: 'system', content: [cached] }, { role: 'user', content: [cached] })).toEqual([]);
  expect(dropped('anthropic', { role: 'assistant', content: [cached] })).toEqual(['cache_control']);
  expect(dropped('anthropic', { role: 'user', content: [{ ...image, cache_control: {} }] })).toContain('cache_control');
});

test('a detail that asks for what happens anyway is no loss', () => {
  const auto = { ...image, image_url: { ...image.image_url, detail: 'auto' } };
  expect(dropped('gemini', { role: 'user', content: [auto] })).toEqual([]);
});
