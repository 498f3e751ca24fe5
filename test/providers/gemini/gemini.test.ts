import { expect, test } from 'vitest';
import { geminiMaker } from '../../../lib/providers/gemini/gemini.ts';

test('a key in the environment switches it on', () => {
  expect(geminiMaker.fromEnvironment({})).toBeUndefined();
  expect(geminiMaker.fromEnvironment({ GOOGLE_API_KEY: 'k' })).toEqual({ credential: 'env:GOOGLE_API_KEY' });
  expect(geminiMaker.fromEnvironment({ GOOGLE_API_KEY: 'k', GEMINI_API_KEY: 'k' })).toEqual({
    credential: 'env:GEMINI_API_KEY',
  });
});

test('the key goes into its own header, to its own host', () => {
  const { authorize } = geminiMaker.make('gemini', {});
  const outbound = {
    via: 'http',
    method: 'POST',
    url: 'https://generativelanguage.googleapis.com/v1beta/x',
    headers: {},
    body: '',
  } as const;
  expect(authorize(outbound, 'k')).toMatchObject({ headers: { 'x-goog-api-key': 'k' } });
  expect(() => authorize({ ...outbound, url: 'https://example.com/' }, 'k')).toThrow('leave its host');
});
