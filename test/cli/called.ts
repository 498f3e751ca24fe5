import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { dynamoJournal } from '../../lib/aws/journal.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { noUsage } from '../../lib/catalog/usage.ts';
import { idMaker } from '../../lib/ids.ts';
import type { Attempt, CallRecord } from '../../lib/world.ts';
import type { Tables } from '../support/tables.ts';

type Told = Partial<Omit<CallRecord, 'attempts'>> & {
  readonly attempts?: readonly (Attempt & { readonly nanoDollars?: number })[];
};

/** Writes calls down as the gateway does: of 15 tokens and 5. */
export function callsIn(tables: () => Tables) {
  return async (tenant: string, at: number, call: Told, nanoDollars = 1): Promise<string> => {
    const client = dynamodb({ endpoint: tables().endpoint, tryMs: 5_000, tries: 2 });
    const usage = { ...noUsage, input: 10, cacheRead: 5, output: 3, reasoning: 2 };
    const record = {
      id: idMaker('req_', () => at)(),
      at,
      tenant,
      keyId: 'key_1',
      endpoint: '/v1/chat/completions',
      stream: false,
      requestedModel: 'm',
      model: 'lab/m',
      attempts: [],
      status: 'ok' as const,
      bill: { usage, nanoDollars, estimated: false },
      totalMs: 1,
      ownMs: 1,
      ...call,
    };
    await dynamoJournal(client, localTableNames).record(record);
    client.destroy();
    return record.id;
  };
}
