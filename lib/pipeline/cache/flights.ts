import type { Flight, Flights } from '../../recall.ts';

type Held = { flight: Flight | undefined };

/** The calls under way in a process, none at first. */
export function openFlights(): Flights {
  const current = new Map<string, Flight>();
  const tickets = new Map<string, Set<Held>>();
  const ticketsFor = (key: string): Set<Held> => {
    const held = tickets.get(key) ?? new Set();
    tickets.set(key, held);
    return held;
  };
  return {
    arrive(key) {
      const ticket: Held = { flight: current.get(key) };
      ticketsFor(key).add(ticket);
      return {
        flight: () => ticket.flight,
        passOver: () => {
          const latest = current.get(key);
          ticket.flight = latest === ticket.flight ? undefined : latest;
        },
        depart: () => {
          const held = ticketsFor(key);
          held.delete(ticket);
          if (held.size === 0) tickets.delete(key);
        },
      };
    },

    takeOff(key, flight) {
      current.set(key, flight);
      // Whoever is here by now may have it, though it lands before they get so far as to ask for it.
      for (const ticket of tickets.get(key) ?? []) ticket.flight ??= flight;
      return () => {
        if (current.get(key) === flight) current.delete(key);
      };
    },
  };
}
