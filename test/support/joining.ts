import { connect } from 'node:net';
import type { CacheConfig } from '../../lib/config/cache-policy.ts';
import { unhurried } from './cachings.ts';
import { openHouse, type Unlike } from './door.ts';
import { handClock } from './hand-clock.ts';
import { watchedFlights } from './watched-flights.ts';

/** A house in which a call may join another, with its clocks in the hands of the test. */
export type Joining = Awaited<ReturnType<typeof openJoining>>;

/** Opens one: the keys of a tenant share answers, and no other environment is waited for. */
export async function openJoining(cache: Partial<CacheConfig> = {}, unlike: Omit<Unlike, 'world'> = {}) {
  const clock = handClock();
  const flights = watchedFlights();
  const house = await openHouse({
    ...unlike,
    config: { ...unlike.config, cache: { ...unhurried, mode: 'exact', scope: 'tenant', waitSeconds: 0, ...cache } },
    // Metrics are lines of output, and that of this process is the test's report.
    world: (world) => ({ ...clock.in(world), flights, metrics: { ...world.metrics, count: () => {} } }),
  });
  return {
    ...house,
    clock,
    flights,
    /** Counts what the provider is asked from now on. */
    counting: () => {
      const before = house.upstream.asked.length;
      return () => house.upstream.asked.length - before;
    },
    /** How many calls of a tenant are let in and not yet over. */
    live: async (tenant: string) => Number((await house.tables.spent(`tenant#${tenant}`)).item.live ?? 0),
    /** Asks `lab/m` for a stream and reads nothing of it, until the function it gives is called: then its client hangs up. */
    askUnread: (key: string, fields: object): (() => void) => {
      const body = JSON.stringify({ model: 'lab/m', stream: true, ...fields });
      const socket = connect(house.door.port, '127.0.0.1').pause();
      socket.write(
        [
          'POST /v1/chat/completions HTTP/1.1',
          'host: 127.0.0.1',
          `authorization: Bearer ${key}`,
          'content-type: application/json',
          `content-length: ${Buffer.byteLength(body)}`,
          '',
          body,
        ].join('\r\n'),
      );
      return () => void socket.destroy();
    },
  };
}
