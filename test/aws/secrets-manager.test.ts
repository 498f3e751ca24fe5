import {
  GetSecretValueCommand,
  ResourceNotFoundException,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, expect, test } from 'vitest';
import { awsSecrets } from '../../lib/aws/secrets.ts';

const manager = mockClient(SecretsManagerClient);
afterAll(() => manager.restore());

test('a secret is read by its name, once in five minutes, and its line end is no part of it', async () => {
  manager.reset();
  manager.on(GetSecretValueCommand, { SecretId: 'sluice/openai' }).resolves({ SecretString: 'sk-one\n' });
  const clock = { at: 0 };
  const secrets = awsSecrets({}, () => clock.at);
  expect(await secrets.reveal('secret:sluice/openai')).toBe('sk-one');
  clock.at = 299_999;
  await secrets.reveal('secret:sluice/openai');
  expect(manager.calls()).toHaveLength(1);
  clock.at = 300_000;
  await secrets.reveal('secret:sluice/openai');
  expect(manager.calls()).toHaveLength(2);
});

test('a secret that is not there is our fault, named, and asked for again at the next call', async () => {
  manager.reset();
  const missing = new ResourceNotFoundException({ message: 'no such secret', $metadata: {} });
  manager.on(GetSecretValueCommand).rejectsOnce(missing).resolves({ SecretString: 'sk-late' });
  const secrets = awsSecrets({}, () => 0);
  await expect(secrets.reveal('secret:sluice/late')).rejects.toMatchObject({
    code: 'provider_credentials',
    message: expect.stringContaining('sluice/late'),
  });
  expect(await secrets.reveal('secret:sluice/late')).toBe('sk-late');
});

test('a secret of bytes is none that we can use', async () => {
  manager.reset();
  manager.on(GetSecretValueCommand).resolves({ SecretBinary: new Uint8Array([1]) });
  await expect(awsSecrets({}, () => 0).reveal('secret:bytes')).rejects.toMatchObject({ code: 'provider_credentials' });
});
