import { BlockList, isIP } from 'node:net';

/** Networks that are not the public internet. https://www.iana.org/assignments/iana-ipv4-special-registry and its sibling for IPv6 */
const inward = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
] as const) {
  inward.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 96], // the unspecified and the loopback address, and IPv4 inside IPv6 as it once was written
  ['::ffff:0:0:0', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 9], // link-local, and site-local above it
  ['ff00::', 8],
] as const) {
  inward.addSubnet(network, bits, 'ipv6');
}

/** Names that mean something inside a network only. RFC 6762, RFC 8375, and what home and cloud networks use. */
const INWARD_NAME = /(^|\.)(localhost|local|internal|intranet|lan|home\.arpa|localdomain)$/;

/** Why a base URL does not lead to the public internet by https, as far as its text tells; undefined when it does. */
export function notPublic(url: URL): string | undefined {
  if (url.protocol !== 'https:') return 'must be https';
  // The URL parser has already made 0x7f.1 and 2130706433 to 127.0.0.1.
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const version = isIP(host);
  if (version !== 0)
    return inward.check(host, version === 6 ? 'ipv6' : 'ipv4') ? 'must be a public address' : undefined;
  return !host.includes('.') || INWARD_NAME.test(host) ? 'must be a public address' : undefined;
}
