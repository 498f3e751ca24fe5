import { describe, expect, test } from 'vitest';
import type { Json } from '../../../lib/openai/json.ts';
import { lastTurn } from '../../../lib/pipeline/cache/last-turn.ts';
import { requestOf } from '../../support/labs.ts';

const turn = (content: Json, more: object = {}) =>
  lastTurn(
    requestOf({
      messages: [
        { role: 'system', content: 'Be kind.' },
        { role: 'user', content, ...more },
      ],
    }),
  );
const image = { type: 'image_url', image_url: { url: 'https://example.com/a.png' } };
const text = (said: string) => ({ type: 'text', text: said });

describe('the last turn of a user', () => {
  test('is its text, and the rest is all but that', () => {
    const request = requestOf({ seed: 1, messages: [{ role: 'user', content: ' Hi \n', name: 'ann' }] });
    expect(lastTurn(request)).toEqual({
      text: 'Hi',
      rest: { ...request, messages: [{ role: 'user', name: 'ann', content: [] }] },
    });
  });

  test('is the same as a text and as a list of one', () => {
    expect(turn([text('Hi')])).toEqual(turn('Hi'));
    expect(turn([text('One'), text('two')])).toEqual(turn('One\ntwo'));
  });

  test('leaves images in their places: another image, or another place, is another question', () => {
    expect(turn([text('What is this?'), image])?.text).toBe('What is this?');
    const rests = [
      turn('What is this?'),
      turn([text('What is this?'), image]),
      turn([image, text('What is this?')]),
      turn([text('What is this?'), image, image]),
      turn([text('What is this?'), { ...image, image_url: { url: 'https://example.com/b.png' } }]),
    ].map((each) => JSON.stringify(each?.rest));
    expect(new Set(rests).size).toBe(rests.length);
    expect(turn([text('What?'), image])?.rest).toEqual(turn([text('Which?'), image])?.rest);
  });

  test.each<[string, Json]>([
    ['empty', ''],
    ['blank', ' \n\t'],
    ['an image alone', [image]],
    ['a list of nothing', []],
    ['longer than a question is', 'x'.repeat(8_001)],
  ])('is nothing to compare where it is %s', (_, content) => {
    expect(turn(content)).toBeUndefined();
  });

  test('may be as long as a question is', () => {
    expect(turn('x'.repeat(8_000))?.text.length).toBe(8_000);
  });
});

test.each(['assistant', 'system', 'tool'])('after a turn of the %s there is no question', (role) => {
  const more = role === 'tool' ? { tool_call_id: 'call_1' } : {};
  const messages = [
    { role: 'user', content: 'Hi' },
    { role, content: 'Hello', ...more },
  ];
  expect(lastTurn(requestOf({ messages }))).toBeUndefined();
});
