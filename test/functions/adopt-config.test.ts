import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { bundle, bundled } from '../../esbuild.config.ts';
import { configStore } from '../../lib/aws/config-store.ts';
import { dynamodb } from '../../lib/aws/dynamodb.ts';
import { tables as definitions, localTableNames } from '../../lib/aws/tables.ts';
import { toContent } from '../../lib/config/content.ts';
import { bareTables } from '../support/bare-tables.ts';

process.env.POWERTOOLS_LOG_LEVEL ??= 'SILENT';

const { tables, folder } = await bareTables();

test('the bundled adoption makes a deploy’s configuration a version once, and leaves alone what was applied since', async () => {
  const file = join(folder, 'content.json');
  const deployed = toContent('# ours\nmodels: { fast: lab/m }\n');
  writeFileSync(file, JSON.stringify(deployed));
  await bundle('adopt-config');
  Object.assign(process.env, {
    SLUICE_CONFIG: file,
    SLUICE_DYNAMODB_ENDPOINT: tables.endpoint,
    [definitions.access.variable]: localTableNames.access, // and no other table
  });
  const { handler } = await import(`${bundled('adopt-config')}/index.mjs`);
  const context = { functionName: 'adopt', memoryLimitInMB: '256', invokedFunctionArn: 'arn', awsRequestId: '1' };
  expect(await handler({}, context)).toEqual({ version: 1 });

  const client = dynamodb({ endpoint: tables.endpoint, tryMs: 5_000, tries: 2 });
  const store = configStore(client, localTableNames);
  expect(await store.version(1)).toMatchObject({ origin: 'deploy', text: deployed.text });
  await store.apply(toContent('models: { slow: lab/s }\n'), await store.inForce());
  expect(await handler({}, context)).toEqual({ version: 2 });
  expect(await store.inForce()).toMatchObject({ version: 2, json: '{"models":{"slow":"lab/s"}}' });
  client.destroy();
});
