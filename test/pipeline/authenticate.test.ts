import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { authenticate, keyHash } from '../../lib/pipeline/authenticate.ts';
import { failureOf } from '../support/bytes.ts';
import { apiKey, caller, fakeWorld, visitOf } from '../support/world.ts';

const none = { authorization: undefined };
const visit = (headers: Record<string, string | undefined>) => visitOf({}, { headers });
const at = 1_800_000_000_000;
const world = fakeWorld({
  callers: {
    [apiKey]: caller,
    [`${apiKey}-longer`]: { ...caller, keyId: 'longer' },
    revoked: { ...caller, revoked: true },
    expired: { ...caller, expiresAt: at },
    expiring: { ...caller, expiresAt: at + 1 },
  },
});

describe('a caller', () => {
  test.each([
    { authorization: `Bearer ${apiKey}` },
    { authorization: `bearer ${apiKey}` },
    { authorization: `BEARER   ${apiKey}  ` },
    { ...none, 'x-api-key': apiKey },
    { ...none, 'api-key': apiKey },
    { authorization: 'Basic dTpw', 'x-api-key': apiKey },
    { ...none, 'x-api-key': '', 'api-key': apiKey },
    { authorization: `Bearer ${apiKey}`, 'x-api-key': 'another' },
  ])('is known by a key in a header: %j', async (headers) => {
    expect(await authenticate(visit(headers), world)).toBe(caller);
  });

  test('with an unknown, an expired, a revoked and a half key is told one and the same', async () => {
    const told = await Promise.all(
      ['unknown', 'expired', 'revoked', apiKey.slice(0, -1), `${apiKey}x`, apiKey.toUpperCase(), keyHash(apiKey)].map(
        async (secret) => failureOf(authenticate(visit({ authorization: `Bearer ${secret}` }), world)),
      ),
    );
    for (const error of told) expect(error).toMatchObject({ code: 'invalid_api_key', status: 401 });
    expect(new Set(told.map((error) => JSON.stringify([String(error), Object(error).details]))).size).toBe(1);
  });

  test('may call until the very moment the key expires', async () => {
    expect((await authenticate(visit({ authorization: 'Bearer expiring' }), world)).expiresAt).toBe(at + 1);
  });

  test.each([
    none,
    { authorization: '' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer ' },
    { authorization: apiKey },
    { authorization: `Bearer: ${apiKey}` },
    { authorization: `Bearer\n${apiKey}` },
    { authorization: `Token ${apiKey}` },
    { authorization: `x Bearer ${apiKey}` },
    { ...none, 'x-api-key': '' },
  ])('who gives no key (%j) is told where to put one', async (headers) => {
    expect(await failureOf(authenticate(visit(headers), world))).toMatchObject({
      code: 'invalid_api_key',
      message: expect.stringContaining('No API key was given'),
    });
  });

  test('is never found by anything but the whole key, and what was sent is never told', async () => {
    const guesses = fc.oneof(
      fc.string({ minLength: 1 }),
      fc.constantFrom(
        "' OR 1=1 --",
        '{"$ne":null}',
        '*',
        '../..',
        '\u0000',
        '__proto__',
        'constructor',
        'key#',
        'undefined',
      ),
      fc.nat(apiKey.length - 1).map((end) => apiKey.slice(0, end)),
    );
    await fc.assert(
      fc.asyncProperty(guesses, fc.constantFrom('authorization', 'x-api-key', 'api-key'), async (guess, header) => {
        const value = header === 'authorization' ? `Bearer ${guess}` : guess;
        const error = await failureOf(authenticate(visit({ ...none, [header]: value }), world));
        expect(error).toMatchObject({ code: 'invalid_api_key' });
        if (guess.length > 20) expect(String(error)).not.toContain(guess);
      }),
    );
  });

  test('is looked up by a hash and nothing else, even when the key is a prefix of another', async () => {
    const asked: string[] = [];
    const watched = fakeWorld({ access: { find: async (hash) => void asked.push(hash) } });
    await failureOf(authenticate(visit({ authorization: `Bearer ${apiKey}` }), watched));
    expect(asked).toEqual([keyHash(apiKey)]);
    expect(asked[0]).toMatch(/^[0-9a-f]{64}$/);
    expect((await authenticate(visit({ authorization: `Bearer ${apiKey}-longer` }), world)).keyId).toBe('longer');
  });

  test('whose key cannot be checked is not let in', async () => {
    const unknowing = fakeWorld({ access: { find: () => Promise.reject(new Error('down')) } });
    expect(await failureOf(authenticate(visit({}), unknowing))).toMatchObject({ message: 'down' });
  });
});
