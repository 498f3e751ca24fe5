import { expect, test } from 'vitest';
import { eachQuarter } from '../../lib/local/each-quarter.ts';

const MINUTE_MS = 60_000;

test('calls are summed up at the start, once for each quarter of an hour that is closed, and again until it came to an end', async () => {
  let now = Date.parse('2026-11-26T15:21Z');
  const asked: string[] = [];
  const ends = [true, false, true];
  const round = eachQuarter(
    async (until) => {
      asked.push(new Date(until).toISOString().slice(11, 19));
      return ends.shift() ?? true;
    },
    () => now,
  );
  for (let minute = 0; minute < 30; minute++, now += MINUTE_MS) await round();
  expect(asked).toEqual(['15:21:30', '15:35:30', '15:36:30', '15:50:30']);
});

test('calls that could not be summed up are tried again', async () => {
  let tries = 0;
  const round = eachQuarter(
    async () => {
      if (++tries === 1) throw new Error('the database is away');
      return true;
    },
    () => 0,
  );
  await expect(round()).rejects.toThrow('away');
  await round();
  await round();
  expect(tries).toBe(2);
});

test('calls are summed up again when a clock that was ahead is set right', async () => {
  let now = Date.parse('2026-11-26T15:21Z');
  let rounds = 0;
  const round = eachQuarter(
    async () => ++rounds > 0,
    () => now,
  );
  await round();
  now -= 3 * 60 * MINUTE_MS;
  await round();
  await round();
  expect(rounds).toBe(2);
});
