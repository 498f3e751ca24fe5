import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { authorizeBy, bearer } from '../../lib/providers/authorize.ts';
import { toFailure } from '../../lib/wire/failure.ts';
import { httpSend, type Outbound } from '../../lib/wire/send.ts';
import { failureOf } from '../support/bytes.ts';
import { certificates } from '../support/security/certificates.ts';
import { timer } from '../support/timer.ts';

const SECRET = 'canarykey.of.lab';
const to = (url: string): Outbound => ({ via: 'http', method: 'POST', url, headers: {}, body: '{}' });

describe('a key', () => {
  const authorize = authorizeBy('https://lab.example/v1', bearer);
  const refused = (url: string) => {
    try {
      return JSON.stringify(authorize(to(url), SECRET)).includes(SECRET) ? 'given' : 'withheld';
    } catch (error) {
      if (error instanceof GatewayError) return 'refused';
      return 'no address';
    }
  };

  test.each([
    'http://lab.example/v1',
    'https://lab.example:8443/v1',
    'https://lab.example@evil.example/v1',
    'https://lab.example:443@evil.example/v1',
    'https://lab.example%40evil.example/v1',
    'https://evil.example/https://lab.example/v1',
    'https://evil.example?https://lab.example/v1',
    'https://evil.example#@lab.example/v1',
    'https://evil.example\\@lab.example/v1',
    'https://lab.example.evil.example/v1',
    'https://evil-lab.example/v1',
    'https://sub.lab.example/v1',
    'https://lab.example./v1',
    'https://laЬ.example/v1',
    'https://169.254.169.254/latest/meta-data',
    'https:evil.example',
    '//evil.example/v1',
  ])('does not go to %s', (url) => {
    expect(refused(url)).not.toBe('given');
  });

  test('goes to no address of another origin, however it is written', () => {
    const part = fc.constantFrom(
      'https://',
      'http://',
      'lab.example',
      'evil.example',
      '@',
      ':',
      '/',
      '\\',
      '?',
      '#',
      '.',
      '%2f',
      '%40',
      '443',
      '80',
      '\t',
      '\n',
      ' ',
      '[::1]',
      '1',
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 2, maxLength: 9 }), (parts) => {
        const url = parts.join('');
        if (refused(url) === 'given') expect(new URL(url).origin).toBe('https://lab.example');
      }),
      { numRuns: 5_000 },
    );
    expect(refused('https://lab.example/other/path')).toBe('given');
  });
});

describe('a name that leads to another machine, by whatever its answer from DNS is now', () => {
  const trusted = getCACertificates('default');
  const arrived: string[] = [];
  const open = async (name: keyof typeof certificates) => {
    const server = createServer(certificates[name], (request, response) => {
      arrived.push(`${name}: ${request.headers.authorization}`);
      response.end('{}');
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    return { server, port: (server.address() as AddressInfo).port };
  };
  let right: Awaited<ReturnType<typeof open>>;
  let wrong: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    setDefaultCACertificates([...trusted, ...Object.values(certificates).map(({ cert }) => cert)]);
    [right, wrong] = await Promise.all([open('localhost'), open('lab.example')]);
  });
  afterAll(() => {
    setDefaultCACertificates(trusted);
    for (const each of [right, wrong]) each?.server.close();
  });

  const send = (port: number) => {
    const base = `https://localhost:${port}/v1`;
    const outbound = authorizeBy(base, bearer)(to(base), SECRET);
    return httpSend(timer, Date.now)(outbound, new AbortController().signal);
  };

  test('gets no key: it cannot show the certificate of the name, so nothing is sent', async () => {
    const failure = toFailure(await failureOf(send(wrong.port)), 'lab', new AbortController().signal);
    expect(failure).toMatchObject({ code: 'provider_unreachable', message: expect.stringContaining('ALTNAME') });
    expect(arrived).toEqual([]);
    expect(inspect(failure, { depth: 9 })).not.toContain(SECRET);

    expect((await send(right.port)).status).toBe(200); // the machine that can is given it
    expect(arrived).toEqual([`localhost: Bearer ${SECRET}`]);
  });
});
