import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { keepSweeping } from '../../lib/local/keep-sweeping.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a sweep that fails is followed by the next one, until it is stopped', async () => {
  let sweeps = 0;
  const stop = keepSweeping(async () => {
    sweeps += 1;
    throw new Error('the database is away');
  });
  await vi.advanceTimersByTimeAsync(4_999);
  expect(sweeps).toBe(1);
  await vi.advanceTimersByTimeAsync(1);
  expect(sweeps).toBe(2);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(sweeps).toBe(2);
});

test('a sweep that takes long is not the next thing at once', async () => {
  let sweeps = 0;
  const stop = keepSweeping(async () => {
    sweeps += 1;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    return 0;
  });
  await vi.advanceTimersByTimeAsync(20_900);
  expect(sweeps).toBe(1);
  await vi.advanceTimersByTimeAsync(200);
  expect(sweeps).toBe(2);
  stop();
});
