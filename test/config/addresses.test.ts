import { describe, expect, test } from 'vitest';
import { toConfig } from '../../lib/config/schema.ts';

const read = (baseUrl: string, more: object = {}) =>
  toConfig({ providers: { lab: { kind: 'openai-compatible', baseUrl, ...more } } });
const allowed = (baseUrl: string) => 'config' in read(baseUrl);

const inward: Readonly<Record<string, readonly string[]>> = {
  'this machine': [
    'localhost',
    'LOCALHOST',
    'localhost.',
    'x.localhost',
    'x.localhost.',
    'ip6-localhost',
    'ip6-loopback',
    '%6cocalhost',
    'ⓛocalhost',
  ],
  'this machine by IPv4': [
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '127.255.255.254',
    '2130706433',
    '0x7f000001',
    '0x7f.1',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.1.',
    '0.0.0.0',
    '0',
    '127。0。0。1',
  ],
  'this machine by IPv6': [
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[0:0:0:0:0:ffff:7f00:1]',
    '[::127.0.0.1]',
    '[::ffff:0:127.0.0.1]',
  ],
  'a private network by IPv4': [
    '10.0.0.1',
    '10.1',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '3232235777',
    '0xc0a80101',
    '0300.0250.1.1',
    '100.64.0.1',
    '100.127.255.255',
  ],
  'a private network by IPv6': [
    '[fc00::1]',
    '[fd12:3456::1]',
    '[fe80::1]',
    '[fe90::1]',
    '[febf::1]',
    '[fec0::1]',
    '[::ffff:10.0.0.1]',
    '[64:ff9b::10.0.0.1]',
    '[2002:a00:1::]',
  ],
  'what a cloud tells its machines': [
    '169.254.169.254',
    '169.254.170.2',
    '2852039166',
    '0xa9fea9fe',
    '[::ffff:169.254.169.254]',
    '[fd00:ec2::254]',
    '[64:ff9b::169.254.169.254]',
    'metadata.google.internal',
    'metadata',
    'instance-data',
  ],
  'a name of a local network': [
    'printer.local',
    'db.internal',
    'x.internal.',
    'intranet',
    'nas.lan',
    'router.home.arpa',
  ],
  'many at once, or nobody': ['224.0.0.1', '255.255.255.255', '240.0.0.1', '[ff02::1]'],
};

describe('a base URL that is no public address', () => {
  for (const [place, hosts] of Object.entries(inward)) {
    test.each(hosts)(`names ${place} and is refused: %s`, (host) => {
      expect(allowed(`https://${host}/v1`)).toBe(false);
      expect(allowed(`https://${host}:8443/v1`)).toBe(false);
    });
  }

  test.each(Object.values(inward).flat())('is allowed when its operator says so: %s', (host) => {
    expect(read(`http://${host}/v1`, { allowPrivate: true })).toHaveProperty('config');
  });

  test('says why, and what to write if it is meant', () => {
    expect(read('https://10.0.0.1/v1')).toEqual({
      problems: [
        {
          path: ['providers', 'lab', 'baseUrl'],
          problem: 'must be a public address; write allowPrivate: true beside it if that is meant',
        },
      ],
    });
    expect(read('http://lab.example/v1')).toMatchObject({
      problems: [{ problem: expect.stringContaining('must be https') }],
    });
  });
});

describe('a base URL that is public', () => {
  test.each([
    'api.openai.com',
    'lab.example',
    'lab.example.',
    '8.8.8.8',
    '172.15.0.1',
    '172.32.0.1',
    '100.63.0.1',
    '100.128.0.1',
    '169.253.0.1',
    '192.167.0.1',
    '[2606:4700::1111]',
    '[2001:db8:fc00::1]',
    // Names that only begin like an address or a name of a local network.
    'localhost-ai.example',
    '10.example.com',
    'api.internal.example.com',
    'local.example.com',
    'x.localtunnel.me',
  ])('is allowed: %s', (host) => {
    expect(allowed(`https://${host}/v1`)).toBe(true);
  });

  test('may not carry a query or a fragment, for the path is added at its end', () => {
    expect(allowed('https://lab.example/v1?api-version=1')).toBe(false);
    expect(allowed('https://lab.example/v1#x')).toBe(false);
  });
});
