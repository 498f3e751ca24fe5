import { expect, test } from 'vitest';
import type { Database } from '../../../lib/aws/database.ts';
import { asking, ledgerAt, scope } from '../../support/ledgers.ts';

const limited = { budgets: { day: 1_000_000 }, rates: {} };
const [hot, quiet] = [scope('tenant', 'hot', limited), scope('tenant', 'quiet', limited)];

test('a call waits for its own places to be given back, and not for those of a call whose counter is away', async () => {
  let away = true;
  const lost = Object.assign(new Error('lost'), { name: 'InternalServerError', $metadata: { httpStatusCode: 500 } });
  const database = {
    updateItem: async ({ Key }) => {
      if (away && Key?.pk?.S === hot.id) throw lost;
      return { Attributes: {} };
    },
  } as Pick<Database, 'updateItem'> as Database;
  const { ledger } = ledgerAt('http://127.0.0.1:9', { database, timeoutMs: 30, patienceMs: 60_000 });
  await expect(ledger.reserve(asking('req_hot', [hot], 1))).rejects.toThrow('cannot be checked');
  expect(await ledger.reserve(asking('req_quiet', [quiet], 1))).toMatchObject({ ok: true });

  const ended: string[] = [];
  const hotEnds = ledger.idle('req_hot').then(() => ended.push('hot'));
  await ledger.idle('req_quiet');
  expect(ended).toEqual([]);
  away = false;
  await ledger.idle();
  await hotEnds;
  expect(ended).toEqual(['hot']);
});
