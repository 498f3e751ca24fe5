import { GatewayError } from '../../errors.ts';
import type { Guarded } from './guarded.ts';

/** What a call may spend on questions. */
export type Purse = {
  /** Holds the most that a question can cost before it is asked; throws where the budgets have no room for it. Gives what takes its real cost instead. */
  readonly pay: (ceiling: number) => Promise<(cost: number) => void>;
};

/** Each raise of what is held is a write: so many questions like one are paid for at once, where there is room for that. */
const AHEAD = 4;

/** A purse on the account of a call. One question after the other is paid for: two at once would each count on the same room. */
export function purse({ tally, hold, world }: Guarded): Purse {
  let held = 0;
  let promised = 0;
  let turn: Promise<unknown> = Promise.resolve();

  const paid = async (ceiling: number): Promise<void> => {
    const lacking = promised + ceiling - held;
    for (const more of lacking <= 0 ? [] : [lacking + (AHEAD - 1) * ceiling, lacking])
      if (held < promised + ceiling && (await world.ledger.raise(hold, more))) held += more;
    if (held < promised + ceiling)
      throw new GatewayError('budget_exceeded', {
        message: `What is left of the budgets does not pay for the guardrails that tenant ${tally.caller.tenant} goes through.`,
      });
    promised += ceiling;
  };

  return {
    async pay(ceiling) {
      if (ceiling === 0) return () => {};
      const mine = turn.then(() => paid(ceiling));
      turn = mine.catch(() => {});
      await mine;
      return (cost) => {
        promised += cost - ceiling;
      };
    },
  };
}
