import type { Kind } from '../ledger/admission.ts';
import type { Log, Metrics } from '../world.ts';
import { toCallLines } from './call-lines.ts';
import { type Print, printer } from './emf.ts';
import type { MetricName } from './metric-names.ts';

/**
 * Counts in CloudWatch's embedded format. What should not happen is printed wherever it does; calls, and those that were
 * not let in, go through `print`, and are not even reckoned up where there is none.
 */
export function embeddedMetrics(log: Log, print?: Print): Metrics {
  const always = printer(log);
  return {
    count: (metric) => void always({ values: { [metric]: 1 } }),
    call: async (record) => {
      if (print === undefined) return;
      for (const line of toCallLines(record)) await print(line);
    },
    refused: async ({ kind, scope, window }, { tenant, keyId }) => {
      const about = { tenant, keyId, scope: scope.kind, name: scope.name, window };
      await print?.({ values: { [refusals[kind]]: 1 }, about });
    },
  };
}

const refusals = {
  dollars: 'RefusedDollars',
  requests: 'RefusedRequests',
  tokens: 'RefusedTokens',
  concurrent: 'RefusedConcurrent',
} as const satisfies Record<Kind, MetricName>;
