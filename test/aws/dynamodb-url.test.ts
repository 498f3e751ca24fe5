import { DynamoDB } from '@aws-sdk/client-dynamodb';
import { afterEach, expect, test, vi } from 'vitest';
import { placeIn } from '../../lib/aws/clients.ts';

afterEach(() => void vi.unstubAllEnvs());

/** Where the SDK sends to, with this environment. */
async function sdkHost(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  const hosts: string[] = [];
  const requestHandler = {
    handle: async ({ hostname }: { hostname: string }) => {
      hosts.push(hostname);
      throw new Error('It need not arrive.');
    },
  };
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  await new DynamoDB({ requestHandler, credentials, maxAttempts: 1 }).listTables({}).catch(() => {});
  return hosts.join();
}

test.each([
  'eu-central-1',
  'us-gov-west-1',
  'cn-northwest-1',
  'eusc-de-east-1',
  'us-iso-west-1',
  'us-isob-east-1',
  'us-isof-south-1',
  'eu-isoe-west-1',
])('DynamoDB in %s is where the SDK finds it, for those who need FIPS, too', async (region) => {
  for (const fips of ['false', 'true']) {
    const env = { AWS_REGION: region, AWS_USE_FIPS_ENDPOINT: fips };
    const host = await sdkHost(env);
    expect(host).toMatch(/^dynamodb/);
    expect(new URL(placeIn(env, undefined).url).host).toBe(host);
  }
});

test.each([
  { AWS_ENDPOINT_URL: 'https://vpce-1.example.com' },
  { AWS_ENDPOINT_URL: 'https://all.example.com', AWS_ENDPOINT_URL_DYNAMODB: 'https://vpce-2.example.com' },
  { AWS_ENDPOINT_URL: 'https://all.example.com', AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'true' },
])('an endpoint that the environment names is the SDK’s and ours: %o', async (named) => {
  const env = { AWS_REGION: 'eu-west-1', ...named };
  expect(new URL(placeIn(env, undefined).url).host).toBe(await sdkHost(env));
});
