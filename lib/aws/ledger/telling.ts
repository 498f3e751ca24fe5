import type { Crossing } from '../../ledger/alerts.ts';
import { type Counter, counted } from '../../ledger/counter.ts';
import { intent } from './intent.ts';
import type { Parts } from './parts.ts';

/** How long who is about to tell keeps others from it. */
const TELLING_MS = 60_000;

/**
 * Tells of thresholds, each once: who wins the claim tells, and remembers that it did. Whose claim is over without that
 * has died, and the next call of the scope tells; who gets the event twice then knows it by its id.
 */
export function telling({ write, alerts, log, random, persistence: { now } }: Parts) {
  return async (scopeId: string, seen: Counter, { attribute, told, reached, alerts: due }: Crossing): Promise<void> => {
    const claim = `p#${attribute}`;
    const before = counted(seen, claim);
    if (untilOf(before) > now()) return; // somebody is telling
    const mine = claimUntil(now() + TELLING_MS, random());
    const untold = told === 0 ? { absent: [attribute] } : { equal: { [attribute]: told } };
    const free = before === 0 ? { absent: [claim] } : { equal: { [claim]: before } };
    const guard = {
      absent: [...(untold.absent ?? []), ...(free.absent ?? [])],
      equal: { ...untold.equal, ...free.equal },
    };
    const won = await write(scopeId, intent({ set: { [claim]: mine }, ...guard }));
    // The answer to a first sending may have been lost: then the claim that stands is ours.
    if (!won.done && counted(won.counter, claim) !== mine) return;
    let last = told;
    try {
      for (const alert of due) {
        await alerts.send(alert);
        last = alert.thresholdPercent;
      }
    } catch (cause) {
      log.error('A budget alert could not be sent; the next call will try again.', {
        scope: scopeId,
        cause: String(cause),
      });
    }
    const set = last === told ? {} : { [attribute]: last === due.at(-1)?.thresholdPercent ? reached : last };
    await write(scopeId, intent({ set, remove: [claim], equal: { [claim]: mine } }));
  };
}

/** A claim is a number, as all that is counted: when it ends, and three digits that tell it from another of the same moment. */
const claimUntil = (until: number, chance: number): number => until * 1000 + Math.floor(chance * 1000);
const untilOf = (claim: number): number => Math.floor(claim / 1000);
