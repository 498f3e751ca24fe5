import { expect, test } from 'vitest';
import { limitedTo, outputBound } from '../../lib/ledger/output-bound.ts';

test.each([
  [{ max_tokens: 5 }, 5],
  [{ max_completion_tokens: 6, max_tokens: 5 }, 6],
  [{ max_completion_tokens: 4, max_tokens: 5 }, 5],
  [{ max_tokens: 900 }, 900],
  [{ max_tokens: null }, 100],
  [{}, 100],
])('%j lets a model that gives 100 tokens write %i', (request, eachChoice) => {
  expect(outputBound(request, 100)).toEqual({ choices: 1, eachChoice, besides: 0, unlimited: false });
});

test('every choice may be as long', () => {
  expect(outputBound({ n: 3 }, undefined)).toEqual({ choices: 3, eachChoice: 4096, besides: 0, unlimited: true });
});

test('a prediction may be paid for beside the answer', () => {
  expect(outputBound({ prediction: { type: 'content', content: 'four' } }, 1).besides).toBe(4);
  expect(outputBound({ n: 2, prediction: { content: [{ type: 'text', text: 'four' }] } }, 1).besides).toBe(8);
});

test('a limit lowers what is given, and stands where nothing is', () => {
  expect(limitedTo({ model: 'm' }, {}, 7)).toEqual({ model: 'm', max_tokens: 7 });
  expect(limitedTo({ model: 'm' }, { mostOutputTokens: 9 }, 7)).toEqual({ model: 'm', max_tokens: 7 });
  expect(limitedTo({ max_completion_tokens: 9, max_tokens: 5 }, {}, 7)).toEqual({
    max_completion_tokens: 7,
    max_tokens: 5,
  });
  expect(limitedTo({ max_completion_tokens: 9, max_tokens: null }, {}, 7)).toEqual({
    max_completion_tokens: 7,
    max_tokens: null,
  });
});

test('where neither the request nor the model has a limit, ours is sent', () => {
  expect(limitedTo({ model: 'm' }, {})).toEqual({ model: 'm', max_tokens: 4096 });
  expect(limitedTo({ model: 'm' }, {}, 9000)).toEqual({ model: 'm', max_tokens: 4096 });
});

test.each([
  [{ max_tokens: 7 }, {}, 7],
  [{ max_tokens: 900 }, { mostOutputTokens: 100 }, undefined],
  [{}, { mostOutputTokens: 100 }, 100],
])('%j to a model of %j stays as it is within %j', (request, target, most) => {
  expect(limitedTo(request, target, most)).toBe(request);
});
