import type { Content } from '../config/content.ts';
import { configStore } from './config-store.ts';
import { dynamodb } from './dynamodb.ts';
import { stampsOf } from './stamp.ts';
import { tables } from './tables.ts';

/** Makes the content of a deploy a version where it changed, over the table a function's environment names; gives the number of the version in force. */
export function awsAdoption(env: Readonly<Record<string, string | undefined>>): (content: Content) => Promise<number> {
  const access = env[tables.access.variable];
  if (!access) throw new Error(`Set ${tables.access.variable} to the name of the ${tables.access.localName} table.`);
  const client = dynamodb({ endpoint: env.SLUICE_DYNAMODB_ENDPOINT, tryMs: 10_000, tries: 5 });
  // Who deployed is not known here: CloudTrail has that.
  const author = async () => ({ by: `a deploy, through ${env.AWS_LAMBDA_FUNCTION_NAME ?? 'its adoption'}` });
  const store = configStore(client, { access }, Date.now, stampsOf(author));
  return (content) => store.adopt(content, 'deploy');
}
