import { cacheModes, cacheScopes, cacheTemperatures } from '../config/cache-policy.ts';
import { LONGEST_TTL_SECONDS } from '../config/written-cache.ts';
import { toOneOf } from './flag-values.ts';
import type { Flag } from './limit-flags.ts';
import { Wrong } from './wrong.ts';

/** What a tenant says of the caches, where it is to be other than what is configured for all. */
export const cacheFlags: readonly Flag[] = [
  { name: 'cache', path: ['cache', 'mode'], read: toOneOf(cacheModes) },
  { name: 'cache-ttl', path: ['cache', 'ttlSeconds'], read: toTtl },
  { name: 'cache-scope', path: ['cache', 'scope'], read: toOneOf(cacheScopes) },
  { name: 'cache-temperature', path: ['cache', 'temperature'], read: toOneOf(cacheTemperatures) },
  { name: 'cache-tool-calls', path: ['cache', 'toolCalls'], read: toTruth },
  { name: 'cache-threshold', path: ['cache', 'threshold'], read: toCosine },
];

/** How they are typed, for a command's help. */
export const cacheHelp = `[--cache ${cacheModes.join('|')}] [--cache-ttl SECONDS] [--cache-scope ${cacheScopes.join('|')}]
       [--cache-temperature ${cacheTemperatures.join('|')}] [--cache-tool-calls true|false] [--cache-threshold 0..1]`;

function toTtl(text: string, option: string): number {
  const seconds = Number(text);
  if (!/^\d+$/.test(text) || seconds < 1 || seconds > LONGEST_TTL_SECONDS)
    throw new Wrong(`${option} takes seconds, a whole number from 1 to ${LONGEST_TTL_SECONDS}, not ${quoted(text)}.`);
  return seconds;
}

function toTruth(text: string, option: string): boolean {
  return toOneOf(['true', 'false'])(text, option) === 'true';
}

function toCosine(text: string, option: string): number {
  if (!/^[01](\.\d+)?$/.test(text) || Number(text) > 1)
    throw new Wrong(`${option} takes a number from 0 to 1, such as 0.95, not ${quoted(text)}.`);
  return Number(text);
}

const quoted = (text: string): string => JSON.stringify(text);
