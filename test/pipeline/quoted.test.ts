import { expect, test } from 'vitest';
import { quoted, whenAsked } from '../../lib/pipeline/quoted.ts';
import { requestOf, targets } from '../support/labs.ts';

test('a ceiling is reckoned when somebody asks for it, and once', () => {
  const quote = quoted(requestOf(), targets({ one: 'https://one.example/v1' }));
  let reckoned = 0;
  const asked = whenAsked(() => {
    reckoned++;
    return quote;
  });
  expect(reckoned).toBe(0);
  expect([asked(), asked()]).toEqual([quote, quote]);
  expect(reckoned).toBe(1);
});
