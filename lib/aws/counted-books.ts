import { GatewayError } from '../errors.ts';
import type { Alerts, Ledger } from '../world.ts';
import type { Print } from './emf.ts';

/** A ledger whose refusals for want of knowledge are counted, once nobody waits for them any more. */
export function countedLedger(ledger: Ledger, print: Print): Ledger {
  let unavailable = 0;
  return {
    ...ledger,
    reserve: async (reservation) => {
      try {
        return await ledger.reserve(reservation);
      } catch (error) {
        if (error instanceof GatewayError && error.code === 'gateway_unavailable') unavailable++;
        throw error;
      }
    },
    idle: async (id) => {
      const LedgerUnavailable = unavailable;
      unavailable = 0;
      if (LedgerUnavailable > 0) await print({ values: { LedgerUnavailable } });
      await ledger.idle(id);
    },
  };
}

/** Alerts that are drawn, too: how much of a budget is used, whenever it crosses a threshold. */
export function countedAlerts(alerts: Alerts, print: Print): Alerts {
  return {
    async send(alert) {
      await alerts.send(alert);
      const { tenant, scope, name, window, thresholdPercent } = alert;
      await print({ values: { BudgetUse: thresholdPercent }, about: { tenant, scope, name, window } });
    },
  };
}
