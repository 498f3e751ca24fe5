import { describe, expect, test } from 'vitest';
import { openFlights } from '../../../lib/pipeline/cache/flights.ts';
import type { Flight } from '../../../lib/recall.ts';

const flight = (): Flight => ({
  landing: new Promise(() => {}),
  join: () => () => {},
  askedAt: 0,
  leftMs: () => 0,
  limit: undefined,
});

describe('whoever asks what another asks', () => {
  test('finds it under way, and not once it has landed', () => {
    const flights = openFlights();
    const one = flight();
    expect(flights.arrive('a').flight()).toBeUndefined();
    const land = flights.takeOff('a', one);
    expect(flights.arrive('a').flight()).toBe(one);
    expect(flights.arrive('b').flight()).toBeUndefined();
    land();
    expect(flights.arrive('a').flight()).toBeUndefined();
  });

  test('may have what takes off after they came, though it lands before they ask', () => {
    const flights = openFlights();
    const early = flights.arrive('a');
    const one = flight();
    flights.takeOff('a', one)();
    expect(early.flight()).toBe(one);
    expect(flights.arrive('a').flight()).toBeUndefined();
  });

  test('keeps the first they may have, and looks for another when that came to nothing', () => {
    const flights = openFlights();
    const waiting = [flights.arrive('a'), flights.arrive('a')];
    const [one, other] = [flight(), flight()];
    const land = flights.takeOff('a', one);
    expect(waiting.map((each) => each.flight())).toEqual([one, one]);
    land();
    waiting[0]?.passOver();
    expect(waiting[0]?.flight()).toBeUndefined();
    flights.takeOff('a', other);
    expect(waiting.map((each) => each.flight())).toEqual([other, one]);
    waiting[1]?.passOver();
    expect(waiting[1]?.flight()).toBe(other);
  });

  test('is told of nothing more once they have departed', () => {
    const flights = openFlights();
    const gone = flights.arrive('a');
    gone.depart();
    gone.depart();
    flights.takeOff('a', flight());
    expect(gone.flight()).toBeUndefined();
  });
});

test('a flight that lands late leaves the one that took its place', () => {
  const flights = openFlights();
  const land = flights.takeOff('a', flight());
  const second = flight();
  flights.takeOff('a', second);
  land();
  expect(flights.arrive('a').flight()).toBe(second);
});
