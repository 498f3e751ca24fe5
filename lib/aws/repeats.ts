import { marshall } from '@aws-sdk/util-dynamodb';
import { GatewayError } from '../errors.ts';
import type { Claim, Claimed, Repeats } from '../repeats.ts';
import { inTime } from '../wire/in-time.ts';
import { answerParts } from './answer-parts.ts';
import { headOf, type Place, toClaiming, toDone, toRenewal } from './claim-items.ts';
import { conditionFailed, type Database } from './database.ts';
import { type Persistence, persistently } from './ledger/persist.ts';

/** What claims are made with. */
export type Means = {
  /** For what a caller waits for; all of it takes no longer than `timeoutMs`. */
  readonly brisk: Database;
  readonly timeoutMs: number;
  /** For what nobody waits for. An answer is tried to be kept as long as this says, for without it a repetition would be charged again. */
  readonly patient: Database;
  readonly persistence: Persistence;
  readonly table: string;
  /** The largest part of a long answer. */
  readonly partBytes?: number;
};

/**
 * Claims and the answers they led to, in table Cache. Every change has the owner as its condition: whoever has lost a
 * claim, and comes late, changes nothing. No id owns twice, so the owner is all the fence there has to be, and the parts
 * of an answer bear its name, so that no two answers can mix.
 */
export function dynamoRepeats({ brisk, timeoutMs, patient, persistence, table, partBytes }: Means): Repeats {
  const { now } = persistence;
  const parts = answerParts(table, partBytes);

  const claimed = async (claim: Claim, forMs: number, deadline: AbortSignal): Promise<Claimed> => {
    const place = placeOf(table, claim);
    try {
      await brisk.updateItem(toClaiming(place, claim, forMs, now()), { abortSignal: deadline });
      return { state: 'mine' };
    } catch (error) {
      if (!conditionFailed(error)) throw error;
      const head = headOf(error.Item);
      if (head.request !== claim.request) return { state: 'other' };
      // Ours, when the answer to our first try was lost and it was tried again.
      if (head.state === 'running') return { state: head.owner === claim.owner ? 'mine' : 'running' };
      const { owner, status, headers } = head;
      const body = await parts.read({ pk: place.pk, owner, count: head.parts }, brisk, deadline);
      return { state: 'done', owner, answer: { status, headers, body } };
    }
  };

  return {
    async claim(claim, forMs) {
      const deadline = AbortSignal.timeout(timeoutMs);
      try {
        return await inTime(claimed(claim, forMs, deadline), deadline);
      } catch (cause) {
        throw new GatewayError('gateway_unavailable', {
          message: 'Whether this idempotency-key was used before cannot be told right now. Try again shortly.',
          cause,
        });
      }
    },

    async renew(claim, forMs) {
      await unlessLost(patient.updateItem(toRenewal(placeOf(table, claim), claim, forMs, now())));
    },

    async keep(claim, { status, headers, body }) {
      const place = placeOf(table, claim);
      await persistently(async () => {
        const count = await parts.write({ pk: place.pk, owner: claim.owner }, body, patient, now());
        await unlessLost(patient.updateItem(toDone(place, claim, { status, headers, parts: count }, now())));
      }, persistence);
    },

    async release(claim) {
      const { TableName, Key } = placeOf(table, claim);
      const ours = {
        ConditionExpression: '#state = :running AND #owner = :owner',
        ExpressionAttributeNames: { '#state': 'state', '#owner': 'owner' },
        ExpressionAttributeValues: marshall({ ':running': 'running', ':owner': claim.owner }),
      };
      await unlessLost(patient.deleteItem({ TableName, Key, ...ours }));
    },
  };
}

function placeOf(TableName: string, { tenant, keyId, name }: Claim): Place {
  const pk = `idem#${tenant}#${keyId}#${name}`;
  return { TableName, pk, Key: marshall({ pk, sk: 'head' }) };
}

/** Does nothing where the claim is another's by now, or its work was done by a try whose answer was lost. */
async function unlessLost(work: Promise<unknown>): Promise<void> {
  try {
    await work;
  } catch (error) {
    if (!conditionFailed(error)) throw error;
  }
}
