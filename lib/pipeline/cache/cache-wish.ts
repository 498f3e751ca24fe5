import {
  type CacheMode,
  type CacheScope,
  cacheModes,
  cacheScopes,
  type WrittenCachePolicy,
} from '../../config/cache-policy.ts';
import { GatewayError } from '../../errors.ts';
import type { Visit } from '../visit.ts';

/** What a caller says of the cache. It can only tighten what its operator allows. */
export type CacheWish = {
  /** Undefined where the caller leaves it to its operator. */
  readonly mode?: CacheMode | undefined;
  readonly narrower: WrittenCachePolicy;
  /** How old an answer may be for this caller. */
  readonly maxAgeSeconds: number;
  /** False where neither a kept answer nor one that another call is getting will do. */
  readonly reads: boolean;
  /** False where nothing of the call may be kept. */
  readonly stores: boolean;
};

const HEADER = 'x-sluice-cache';

/** The wish in `x-sluice-cache: MODE; ttl=…; threshold=…; scope=…` and in `Cache-Control`, of which what it does not know is passed over, as HTTP wants it. */
export function toCacheWish(headers: Visit['headers']): CacheWish {
  const { mode, ...narrower } = toNarrower(headers[HEADER]);
  const control = directivesOf(headers['cache-control']);
  const maxAge = control.get('max-age');
  const stores = !control.has('no-store') && mode !== 'off';
  const maxAgeSeconds = maxAge === undefined ? Number.POSITIVE_INFINITY : toSeconds(maxAge);
  return { mode, narrower, maxAgeSeconds, stores, reads: stores && !control.has('no-cache') && maxAgeSeconds > 0 };
}

/** Digits; an age that cannot be read is over. https://www.rfc-editor.org/rfc/rfc9111#section-4.2.1 */
const toSeconds = (age: string): number => (/^\d+$/.test(age) ? Number(age) : 0);

function toNarrower(header: string | undefined): WrittenCachePolicy {
  if (header === undefined) return {};
  const [word = '', ...rest] = header.split(';').map((part) => part.trim());
  const mode = cacheModes.find((each) => each === word);
  if (mode === undefined) throw invalid(`must begin with ${cacheModes.join(', ')}, not ${JSON.stringify(word)}`);
  return Object.assign({ mode }, ...rest.map(toParameter));
}

function toParameter(parameter: string): WrittenCachePolicy {
  const [name = '', value = ''] = parameter.split('=').map((part) => part.trim());
  switch (name) {
    case 'ttl':
      if (!/^[1-9]\d{0,8}$/.test(value)) throw invalid('takes ttl as whole seconds, at least 1');
      return { ttlSeconds: Number(value) };
    case 'threshold':
      if (!/^(0|1|0?\.\d{1,6}|1\.0{1,6})$/.test(value)) throw invalid('takes threshold as a number from 0 to 1');
      return { threshold: Number(value) };
    case 'scope':
      return { scope: toScope(value) };
    default:
      throw invalid(`knows ttl, threshold and scope, not ${JSON.stringify(name)}`);
  }
}

function toScope(value: string): CacheScope {
  const scope = cacheScopes.find((each) => each === value);
  if (scope === undefined) throw invalid(`takes scope as ${cacheScopes.join(' or ')}`);
  return scope;
}

/** The directives of a Cache-Control header, with their values. */
const directivesOf = (header: string | undefined): ReadonlyMap<string, string> =>
  new Map(
    (header ?? '').split(',').map((directive) => {
      const [name = '', value = ''] = directive.split('=').map((part) => part.trim());
      return [name.toLowerCase(), value.replace(/^"|"$/g, '')] as const;
    }),
  );

const invalid = (problem: string) =>
  new GatewayError('invalid_request_error', { param: HEADER, message: `${HEADER} ${problem}.` });
