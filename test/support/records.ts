import { noUsage } from '../../lib/catalog/usage.ts';
import type { CallRecord } from '../../lib/world.ts';

/** A call that `lab/m` answered at the first try, for 16 microdollars; whatever is given takes the place of what it has. */
export const recordOf = (more: Partial<CallRecord> = {}): CallRecord => ({
  id: 'req_1',
  at: 1_800_000_000_000,
  tenant: 'acme',
  keyId: 'key_1',
  endpoint: '/v1/chat/completions',
  stream: false,
  requestedModel: 'lab/m',
  model: 'lab/m',
  attempts: [{ target: 'lab/m', provider: 'lab', status: 200, ms: 80 }],
  status: 'ok',
  cache: 'off',
  bill: {
    usage: { ...noUsage, input: 6, cacheRead: 4, output: 2, reasoning: 1 },
    nanoDollars: 16_000,
    estimated: false,
  },
  firstContentMs: 81.5,
  totalMs: 90,
  ownMs: 1.5,
  ...more,
});

/** An attempt of a target that ended so. */
export const attemptOf = (target: string, status: number | string) => ({
  target,
  provider: target.split('/', 1)[0] ?? '',
  status,
  ms: 5,
});
