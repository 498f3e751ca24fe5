import { expect, test } from 'vitest';
import { either, following } from '../../lib/wire/either.ts';

test('either fires with the first of its signals, for its reason', () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const signal = either(one.signal, other.signal);
  expect(signal.aborted).toBe(false);
  other.abort('first');
  one.abort('second');
  expect([signal.aborted, signal.reason]).toEqual([true, 'first']);
});

test('who follows fires with the source, for its reason, and no second time', () => {
  const source = new AbortController();
  const own = following(source.signal);
  let fired = 0;
  own.signal.addEventListener('abort', () => fired++);
  expect(own.signal.aborted).toBe(false);
  source.abort('the source');
  own.abort('its own');
  expect([own.signal.reason, fired]).toEqual(['the source', 1]);
});

test('who follows fires by itself, and leaves the source alone', () => {
  const source = new AbortController();
  const own = following(source.signal);
  own.abort('its own');
  expect([own.signal.reason, source.signal.aborted]).toEqual(['its own', false]);
  source.abort('the source');
  expect(own.signal.reason).toBe('its own');
});

test('who follows what has fired has fired', () => {
  const { signal } = following(AbortSignal.abort('before'));
  expect([signal.aborted, signal.reason]).toEqual([true, 'before']);
});
