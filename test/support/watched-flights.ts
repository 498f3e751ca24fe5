import { openFlights } from '../../lib/pipeline/cache/flights.ts';
import type { Flights } from '../../lib/recall.ts';

/** The calls under way in a process, and how many calls so far looked for one of them, and joined one. */
export type WatchedFlights = Flights & { readonly arrived: () => number; readonly joined: () => number };

export function watchedFlights(): WatchedFlights {
  const { arrive, takeOff } = openFlights();
  let arrived = 0;
  let joined = 0;
  return {
    arrive: (key) => {
      arrived++;
      return arrive(key);
    },
    takeOff: (key, flight) =>
      takeOff(key, {
        ...flight,
        join: () => {
          const leave = flight.join();
          if (leave !== undefined) joined++;
          return leave;
        },
      }),
    arrived: () => arrived,
    joined: () => joined,
  };
}
