import { describe, expect, test } from 'vitest';
import { awsSecrets } from '../../lib/aws/secrets.ts';
import { failureOf } from '../support/bytes.ts';

const own = { AWS_SECRET_ACCESS_KEY: 'canary', AWS_CONTAINER_AUTHORIZATION_TOKEN: 'canary' };

/** Secrets Manager in memory: it counts, it rotates, it refuses what is not there. */
function manager() {
  let now = 0;
  let value: string | undefined = 'first';
  const asked: string[] = [];
  const read = async (name: string) => {
    asked.push(name);
    if (value === undefined) throw new Error('ResourceNotFoundException canary');
    return value;
  };
  return {
    secrets: awsSecrets({ LAB_KEY: 'from env', EMPTY: '', ...own }, () => now, read),
    asked,
    pass: (ms: number) => {
      now += ms;
    },
    rotate: (next: string | undefined) => {
      value = next;
    },
  };
}

describe('a secret', () => {
  test('behind env: is the variable of that name', async () => {
    const { secrets, asked } = manager();
    expect(await secrets.reveal('env:LAB_KEY')).toBe('from env');
    expect(asked).toEqual([]);
  });

  test.each(['env:MISSING', 'env:EMPTY', 'env:', ...Object.keys(own).map((name) => `env:${name}`)])(
    'behind %s, which is not set or nobody else’s, is missed by its name',
    async (reference) => {
      const error = await failureOf(manager().secrets.reveal(reference));
      expect(error).toMatchObject({
        code: 'provider_credentials',
        status: 502,
        blame: 'target',
        message: expect.stringContaining(reference.slice('env:'.length)),
      });
    },
  );

  test('behind secret: is read once for all who ask, under its whole name', async () => {
    const { secrets, asked } = manager();
    const reading = Array.from({ length: 20 }, () => secrets.reveal('secret:sluice/lab:v2'));
    expect(new Set(await Promise.all(reading))).toEqual(new Set(['first']));
    expect(asked).toEqual(['sluice/lab:v2']);
  });

  test('is used for five minutes, and read again after a rotation', async () => {
    const { secrets, asked, pass, rotate } = manager();
    expect(await secrets.reveal('secret:lab')).toBe('first');
    rotate('second');
    pass(299_999);
    expect(await secrets.reveal('secret:lab')).toBe('first');
    pass(1);
    expect(await secrets.reveal('secret:lab')).toBe('second');
    expect(asked).toHaveLength(2);
  });

  test('that cannot be read is asked for again at once, and its failure names it', async () => {
    const { secrets, asked, rotate } = manager();
    rotate(undefined);
    const error = await failureOf(secrets.reveal('secret:lab'));
    expect(error).toMatchObject({ code: 'provider_credentials', message: expect.stringContaining('lab') });
    expect(String(error)).not.toContain('canary');
    rotate('third');
    expect(await secrets.reveal('secret:lab')).toBe('third');
    expect(asked).toHaveLength(2);
  });

  test('is kept apart from others', async () => {
    const { secrets, asked } = manager();
    await Promise.all([secrets.reveal('secret:one'), secrets.reveal('secret:two')]);
    expect(asked.sort()).toEqual(['one', 'two']);
  });
});
