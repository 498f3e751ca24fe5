import type { DynamoDB } from '@aws-sdk/client-dynamodb';
import { accessAdmin } from '../../lib/aws/access-admin.ts';
import { cacheAdmin } from '../../lib/aws/cache-admin.ts';
import { callReader } from '../../lib/aws/calls.ts';
import { configStore } from '../../lib/aws/config-store.ts';
import { recordedCalls } from '../../lib/aws/recorded-calls.ts';
import { localTableNames } from '../../lib/aws/tables.ts';
import { writtenCalls } from '../../lib/aws/written-calls.ts';
import type { Connection } from '../../lib/cli/connect.ts';
import { forgettingIn } from './forgetting.ts';

/** A command's connection to local tables, without an audit log, for tests that start no process. */
export const connectionTo = (client: DynamoDB): Connection => ({
  deployed: undefined,
  admin: accessAdmin(client, localTableNames),
  cache: cacheAdmin(client, localTableNames),
  forgetting: forgettingIn(client),
  calls: callReader(client, localTableNames),
  written: writtenCalls(client, localTableNames),
  recorded: recordedCalls(client, localTableNames),
  config: configStore(client, localTableNames),
  audit: undefined,
  captures: undefined,
  note: async () => {},
  unreached: async () => [],
  close: () => {},
});
