import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { localTableNames } from '../../lib/aws/tables.ts';
import { scratch } from '../support/gateway.ts';
import { startTables, type Tables } from '../support/tables.ts';
import { typed } from './terminal.ts';

/** An operator of a gateway in AWS: CloudFormation is played by a server that knows its stack, DynamoDB by the embedded one. */
export function deployedOperator() {
  const { folder, remove } = scratch();
  let tables: Tables;
  let outputs: Readonly<Record<string, string>> = {};
  const cloudFormation = createServer((request, response) => {
    request.resume().on('end', () => response.setHeader('content-type', 'text/xml').end(described(outputs)));
  });
  beforeAll(async () => {
    tables = await startTables(`${folder}/data`, 'bare');
    await tables.admin.createTenant('silent');
    cloudFormation.listen(0, '127.0.0.1');
    await once(cloudFormation, 'listening');
  });
  afterAll(async () => {
    cloudFormation.close();
    await tables?.stop();
    remove();
  });
  return {
    /** What the stack tells from now on, besides the names of its tables. */
    deployed: (told: Readonly<Record<string, string>>) => {
      outputs = { ...tableOutputs, ...told };
    },
    typed: (...words: string[]) =>
      typed(words, folder, {
        USER: 'ada',
        AWS_REGION: 'eu-central-1',
        AWS_ACCESS_KEY_ID: 'an-operator',
        AWS_SECRET_ACCESS_KEY: 'a-secret',
        AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
        AWS_ENDPOINT_URL_CLOUDFORMATION: `http://127.0.0.1:${(cloudFormation.address() as AddressInfo).port}`,
      }),
  };
}

const tableOutputs = Object.fromEntries(Object.values(localTableNames).map((name) => [`${name}Table`, name]));

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html */
const described = (outputs: Readonly<Record<string, string>>): string => `
<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/">
  <DescribeStacksResult>
    <Stacks>
      <member>
        <StackName>sluice-gateway</StackName>
        <CreationTime>2026-11-26T12:00:00Z</CreationTime>
        <StackStatus>CREATE_COMPLETE</StackStatus>
        <Outputs>${Object.entries(outputs)
          .map(
            ([key, value]) =>
              `<member><OutputKey>${key}</OutputKey><OutputValue>${value.replaceAll('"', '&quot;')}</OutputValue></member>`,
          )
          .join('')}</Outputs>
      </member>
    </Stacks>
  </DescribeStacksResult>
</DescribeStacksResponse>`;
