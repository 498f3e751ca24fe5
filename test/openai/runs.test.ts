import { expect, test } from 'vitest';
import { toRuns } from '../../lib/openai/runs.ts';
import type { Turn } from '../../lib/openai/turns.ts';

const told = (role: 'user' | 'system', text: string): Turn => ({ role, parts: [{ kind: 'text', text }] });
const said = (text: string): Turn => ({ role: 'assistant', text, thoughts: [], calls: [] });
const shape = (turns: readonly Turn[], from = 0) =>
  toRuns(turns, from).map(({ by, turns: all }) => `${by} ${all.map(({ at }) => at).join()}`);

test('turns of one side that follow each other are one run, each with its place', () => {
  const turns = [told('system', 'a'), told('user', 'b'), told('user', 'c'), said('d'), said('e'), told('system', 'f')];
  expect(shape(turns)).toEqual(['others 0,1,2', 'assistant 3,4', 'others 5']);
  expect(shape(turns, 3)).toEqual(['assistant 3,4', 'others 5']);
});

test('what says nothing is left out, and its neighbours meet; a user who says nothing stays, to be told so', () => {
  expect(shape([told('user', 'a'), said(' '), told('system', '\n'), told('user', '')])).toEqual(['others 0,3']);
});

test('a system message of an image alone is not left out in silence', () => {
  const image: Turn = { role: 'system', parts: [{ kind: 'image', url: 'https://x.example/a.png', param: 'p' }] };
  expect(shape([told('user', 'a'), said('b'), image])).toEqual(['others 0', 'assistant 1', 'others 2']);
});
