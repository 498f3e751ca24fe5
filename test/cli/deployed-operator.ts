import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';
import { localTableNames } from '../../lib/aws/tables.ts';
import { scratch } from '../support/gateway.ts';
import { startTables, type Tables } from '../support/tables.ts';
import { typed } from './terminal.ts';

/** An operator of a gateway in AWS: CloudFormation, STS and Secrets Manager are played by a server that knows its stack and who calls, DynamoDB by the embedded one. */
export function deployedOperator() {
  const { folder, remove } = scratch();
  let tables: Tables;
  let outputs: Readonly<Record<string, string>> = {};
  let caller: string | undefined;
  let secrets: Secrets = {};
  let url = '';
  const aws = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (text) => {
      body += text;
    });
    request.on('end', () => {
      if (String(request.headers['x-amz-target']).startsWith('secretsmanager.'))
        return describeSecret(body, secrets, response);
      const asked = body.includes('Action=GetCallerIdentity');
      if (asked && caller === undefined) response.writeHead(503).end();
      else response.setHeader('content-type', 'text/xml').end(asked ? identified(caller) : described(outputs));
    });
  });
  beforeAll(async () => {
    tables = await startTables(`${folder}/data`, 'bare');
    await tables.admin.createTenant('silent');
    aws.listen(0, '127.0.0.1');
    await once(aws, 'listening');
    url = `http://127.0.0.1:${(aws.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    aws.close();
    await tables?.stop();
    remove();
  });
  const environment = () => ({
    USER: 'ada',
    AWS_ACCESS_KEY_ID: 'an-operator',
    AWS_SECRET_ACCESS_KEY: 'a-secret',
    AWS_ENDPOINT_URL_DYNAMODB: tables.endpoint,
    AWS_ENDPOINT_URL_CLOUDFORMATION: url,
    AWS_ENDPOINT_URL_STS: url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
  });
  return {
    /** What the stack tells from now on, besides the names of its tables. */
    deployed: (told: Readonly<Record<string, string>>) => {
      outputs = { ...tableOutputs, ...told };
    },
    /** Who the operator is to STS from now on; undefined for nobody, because it is away. */
    called: (arn: string | undefined) => {
      caller = arn;
    },
    /** What Secrets Manager has from now on; nothing else is there. */
    secrets: (told: Secrets) => {
      secrets = told;
    },
    tables: (): Tables => tables,
    typed: (...words: string[]) => typed(words, folder, { ...environment(), AWS_REGION: 'eu-central-1' }),
    /** The same by an operator whose environment says this of the region, or nothing. */
    typedAnywhere: (words: readonly string[], env: Readonly<Record<string, string>> = {}) =>
      typed(words, folder, { ...environment(), ...env }),
  };
}

const tableOutputs = Object.fromEntries(Object.values(localTableNames).map((name) => [`${name}Table`, name]));

/** A secret as it is described; or that the operator may not look at it. */
type Secrets = Readonly<Record<string, object | 'denied'>>;

/** https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DescribeSecret.html */
function describeSecret(body: string, secrets: Secrets, response: ServerResponse): void {
  const name: string = JSON.parse(body).SecretId;
  const found = secrets[name];
  response.setHeader('content-type', 'application/x-amz-json-1.1');
  if (typeof found === 'object') return void response.end(JSON.stringify({ Name: name, ...found }));
  const __type = found === 'denied' ? 'AccessDeniedException' : 'ResourceNotFoundException';
  response.writeHead(400).end(JSON.stringify({ __type, Message: `${name}: ${__type}` }));
}

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

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
const identified = (arn = ''): string => `
<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">
  <GetCallerIdentityResult>
    <Arn>${arn}</Arn>
    <UserId>AROA:ada</UserId>
    <Account>123456789012</Account>
  </GetCallerIdentityResult>
</GetCallerIdentityResponse>`;
