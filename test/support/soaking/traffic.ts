import { setTimeout as pause } from 'node:timers/promises';
import { Agent, setGlobalDispatcher } from 'undici';
import { chance } from '../chance.ts';
import { type Call, callsOf } from '../mixed/calls.ts';
import { type Heard, hear } from '../mixed/heard.ts';
import type { Providers } from '../mixed/providers.ts';
import { arrangedFor } from '../mixed/run.ts';
import type { Member } from '../mixed/tenants.ts';

/** What a caller knows of its call, and when it was under way; `cut` where there was no answer to read, or not to its end. */
export type Made = Pick<Heard, 'call' | 'admitted' | 'replayed' | 'id' | 'told' | 'status'> & {
  readonly cut: boolean;
  readonly from: number;
  readonly to: number;
};

/** Calls on their way to a gateway that may be away for a while. */
export type Traffic = {
  /** All that were drawn, each at its number. */
  readonly calls: readonly Call[];
  /** All that are over. */
  readonly made: readonly Made[];
  /** So many callers, each with one call after the other; gives the calls a second. */
  readonly crowd: (callers: number, forMs: number) => Promise<number>;
  /** So many calls a second of these members, at random moments, however long they take; ends with the last of them. */
  readonly steady: (aSecond: number, forMs: number, who?: (member: Member) => boolean) => Promise<void>;
};

/** Callers hang up soon after their last call: what stays open then is the gateway's. */
export const IDLE_MS = 1_000;
/** More are not sent at once, should the gateway not keep up. */
const MOST_AT_ONCE = 500;
/** Of a thousand new calls of routes, which do not wait for long, how many meet a provider that stops. */
const STALLS = 15;

/** Opens the traffic of these members; `door` says where the gateway is, nothing while it is away. */
export function openTraffic(
  members: readonly Member[],
  { providers, door, seed }: { providers: Providers; door: () => string | undefined; seed: number },
): Traffic {
  setGlobalDispatcher(new Agent({ keepAliveTimeout: IDLE_MS, keepAliveMaxTimeout: IDLE_MS }));
  const drawing = callsOf(members, 1, chance(seed));
  const dice = chance(seed + 1);
  const calls: Call[] = [];
  const made: Made[] = [];
  const drawn = (who: (member: Member) => boolean): Call => {
    for (;;) {
      const call = drawing.next().value;
      calls.push(call);
      if (who(call.member)) return call;
    }
  };
  const make = async (url: string, who: (member: Member) => boolean = () => true) => {
    const call = drawn(who);
    const fresh = call.question === call.number && !String(call.body.model).includes('/');
    const stalls = fresh && dice() * 1_000 < STALLS;
    const arranged =
      arrangedFor(call, providers) ??
      (stalls ? providers.arrange(call.question, 'stops in its answer', 'answers', 'answers') : undefined);
    const from = Date.now();
    const unheard = { call, admitted: false, replayed: false, id: undefined, told: [], status: undefined, cut: true };
    const heard = await hear(call, url, arranged).then(
      ({ admitted, replayed, id, told, status }) => ({ call, admitted, replayed, id, told, status, cut: false }),
      () => unheard,
    );
    made.push({ ...heard, from, to: Date.now() });
  };
  return {
    calls,
    made,
    crowd: async (callers, forMs) => {
      const [before, from] = [made.length, performance.now()];
      const caller = async () => {
        while (performance.now() < from + forMs) await make(door() ?? '');
      };
      await Promise.all(Array.from({ length: callers }, caller));
      return (1_000 * (made.length - before)) / (performance.now() - from);
    },
    steady: async (aSecond, forMs, who) => {
      const until = performance.now() + forMs;
      const underway = new Set<Promise<void>>();
      for (let next = performance.now(); next < until; next += (-Math.log(1 - dice()) * 1_000) / aSecond) {
        const early = next - performance.now();
        if (early > 1) await pause(early);
        const url = door();
        if (url === undefined || underway.size >= MOST_AT_ONCE) continue;
        const making = make(url, who).finally(() => underway.delete(making));
        underway.add(making);
      }
      await Promise.all(underway);
    },
  };
}
