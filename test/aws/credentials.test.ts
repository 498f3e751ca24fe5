import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { credentialsIn } from '../../lib/aws/credentials.ts';
import { failureOf } from '../support/bytes.ts';

const theirs = async () => ({ accessKeyId: 'found', secretAccessKey: 'f' });
const own = { AWS_ACCESS_KEY_ID: 'own', AWS_SECRET_ACCESS_KEY: 's' };

test('are those of the environment, as it is at the time', async () => {
  const env: Record<string, string> = { ...own };
  const credentials = credentialsIn(env, theirs);
  expect(credentials()).toEqual({ accessKeyId: 'own', secretAccessKey: 's', sessionToken: undefined });
  env.AWS_SESSION_TOKEN = 't';
  expect(credentials()).toEqual({ accessKeyId: 'own', secretAccessKey: 's', sessionToken: 't' });
});

test.each([
  ['none', {}],
  ['half of them', { AWS_ACCESS_KEY_ID: 'own' }],
  ['empty ones', { ...own, AWS_SECRET_ACCESS_KEY: '' }],
])('are found elsewhere where the environment holds %s', async (_, env) => {
  expect(await credentialsIn(env, theirs)()).toEqual({ accessKeyId: 'found', secretAccessKey: 'f' });
});

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

test("are a container's, from where it is told to ask", async () => {
  const asked: unknown[] = [];
  const server = createServer(({ headers }, response) => {
    asked.push(headers.authorization);
    const expires = new Date(Date.now() + 3_600_000).toISOString();
    const body = { AccessKeyId: 'container', SecretAccessKey: 'c', Token: 't', Expiration: expires };
    response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'AWS_PROFILE']) delete process.env[name];
  Object.assign(process.env, {
    AWS_REGION: 'eu-west-1',
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/role`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN: 'secret',
  });
  const credentials = credentialsIn({});
  const found = { accessKeyId: 'container', secretAccessKey: 'c', sessionToken: 't' };
  expect(await credentials()).toMatchObject(found);
  expect(await credentials()).toMatchObject(found);
  expect(asked).toEqual(['secret']); // and remembered
  await new Promise<void>((resolve) => void server.close(() => resolve()));
});

test('fail as the SDK says where there are none', async () => {
  const nobody = async () => {
    throw new Error('Could not load credentials from any providers');
  };
  expect(await failureOf(Promise.resolve(credentialsIn({}, nobody)()))).toMatchObject({ message: /Could not load/ });
});
