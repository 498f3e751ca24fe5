import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { without } from '../../lib/pipeline/without.ts';

const failed = (message: string, param?: string) =>
  new GatewayError('invalid_request_error', { provider: 'lab', message, ...(param !== undefined && { param }) });
const SECRET = 'a key/of+no "known" shape';

describe('a failure', () => {
  test('holds no credential: not as it is, not in JSON, not in an address, not twice, not in the name of a field', () => {
    const forms = [SECRET, JSON.stringify(SECRET).slice(1, -1), encodeURIComponent(SECRET)];
    for (const form of forms) {
      const { message, details } = without(SECRET, failed(`No ${form}, I said: ${form}!`, `header.${form}`));
      expect([message, details.param]).toEqual(['No [key], I said: [key]!', 'header.[key]']);
    }
  });

  test('holds no beginning of it either, where a long text was cut', () => {
    for (let length = 6; length < SECRET.length; length++)
      expect(without(SECRET, failed(`You sent ${SECRET.slice(0, length)}`)).message).toBe('You sent [key]');
  });

  test('without it is the same failure', () => {
    for (const failure of [failed('No.'), failed(`It ends as keys begin: ${SECRET.slice(0, 5)}`, 'stop')]) {
      expect(without(SECRET, failure)).toBe(failure);
      expect(without(undefined, failure)).toBe(failure);
      expect(without('', failure)).toBe(failure);
    }
  });

  test('keeps all else that is known of it', () => {
    const cause = new Error('why');
    const failure = new GatewayError('provider_error', {
      provider: 'lab',
      upstreamStatus: 500,
      message: SECRET,
      cause,
    });
    expect(without(SECRET, failure)).toMatchObject({ code: 'provider_error', message: '[key]', cause });
    expect(without(SECRET, failure).details).toMatchObject({ provider: 'lab', upstreamStatus: 500 });
  });

  test('has no six characters in a row of any credential, wherever it is cut', () => {
    const secrets = fc.string({ unit: fc.constantFrom('a', 'b', '/', '"', '%'), minLength: 12, maxLength: 20 });
    const strange = fc.string({ unit: fc.constantFrom('x', ' '), maxLength: 10 });
    fc.assert(
      fc.property(secrets, strange, fc.nat({ max: 40 }), (secret, before, cut) => {
        const { message } = without(secret, failed(`${before}${secret}`.slice(0, cut)));
        expect(message).not.toContain(secret.slice(0, 6));
      }),
    );
  });
});
