import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { withGoogleTokens } from '../../lib/google/secrets.ts';
import { googleTokens } from '../../lib/google/tokens.ts';
import { startTokenEndpoint } from './token-endpoint.ts';

let endpoint: Awaited<ReturnType<typeof startTokenEndpoint>>;
let laterMs = 0;
const now = () => Date.now() + laterMs;

beforeAll(async () => {
  endpoint = await startTokenEndpoint();
});
beforeEach(() => {
  laterMs = 0;
  endpoint.refuseWith(undefined);
  endpoint.scopes.length = 0;
});
afterAll(() => endpoint.close());

describe('an access token', () => {
  test('is exchanged for a service account’s key where the key says', async () => {
    expect(await googleTokens(now).token(endpoint.key)).toMatch(/^ya29\.token-/);
    expect(endpoint.scopes).toEqual(['https://www.googleapis.com/auth/cloud-platform']);
  });

  test('is exchanged once for all who wait for it, and used until shortly before its end', async () => {
    const tokens = googleTokens(now);
    const all = await Promise.all(Array.from({ length: 20 }, () => tokens.token(endpoint.key)));
    expect(new Set(all).size).toBe(1);
    laterMs = 54 * 60_000;
    expect(await tokens.token(endpoint.key)).toBe(all[0]);
    expect(endpoint.scopes).toHaveLength(1);
    laterMs = 56 * 60_000;
    const fresh = await Promise.all(Array.from({ length: 5 }, () => tokens.token(endpoint.key)));
    expect(new Set(fresh).size).toBe(1);
    expect(fresh[0]).not.toBe(all[0]);
    expect(endpoint.scopes).toHaveLength(2);
  });

  test('outlives a failure to refresh it early, but not its own end', async () => {
    const tokens = googleTokens(now);
    const first = await tokens.token(endpoint.key);
    endpoint.refuseWith(400);
    laterMs = 56 * 60_000;
    expect(await tokens.token(endpoint.key)).toBe(first);
    laterMs = 61 * 60_000;
    await expect(tokens.token(endpoint.key)).rejects.toMatchObject({ code: 'provider_credentials' });
    endpoint.refuseWith(undefined);
    expect(await tokens.token(endpoint.key)).toMatch(/^ya29\.token-/);
  });

  test('that is refused is the operator’s to mend, and nothing of the key is told', async () => {
    endpoint.refuseWith(400);
    const failure = await googleTokens(now)
      .token(endpoint.key)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'provider_credentials', blame: 'target' });
    expect(String(failure)).not.toMatch(/PRIVATE|gserviceaccount/);
    await expect(googleTokens(now).token('{"type":"service_account"}')).rejects.toMatchObject({
      code: 'provider_credentials',
    });
  });

  test('that cannot be asked for may be asked for again', async () => {
    const tokens = googleTokens(now, async () => {
      throw Object.assign(new Error('connect'), { config: {}, code: 'ECONNREFUSED' });
    });
    await expect(tokens.token('{}')).rejects.toMatchObject({ code: 'provider_unreachable', blame: 'moment' });
  });
});

describe('secrets with Google’s tokens', () => {
  const known: Readonly<Record<string, string>> = { 'env:TOKEN': ' ya29.given\n', 'secret:plain': 'sk-1' };
  const secrets = withGoogleTokens(
    { reveal: async (reference) => known[reference] ?? endpoint.key },
    { token: async (credential) => (credential === undefined ? 'own' : `for ${JSON.parse(credential).client_email}`) },
  );

  test.each([
    ['secret:plain', 'sk-1'],
    ['google:env:TOKEN', 'ya29.given'],
    ['google:secret:key', 'for gateway@acme.iam.gserviceaccount.com'],
    ['google:adc', 'own'],
  ])('reveal %s as %s', async (reference, value) => {
    expect(await secrets.reveal(reference)).toBe(value);
  });
});
