import { hash } from 'node:crypto';
import type { Caller } from '../caller.ts';
import { GatewayError } from '../errors.ts';
import type { World } from '../world.ts';
import type { Visit } from './visit.ts';

/**
 * Who is calling: the tenant and key behind the secret in `Authorization: Bearer`, `x-api-key` or `api-key`.
 * Only the secret's SHA-256 is looked up, so no secret shorter than the whole can match, and time tells nothing of how
 * near a guess was. Unknown, expired and revoked keys get one and the same answer.
 */
export async function authenticate(visit: Introduction, world: World): Promise<Caller> {
  const secret = secretOf(visit.headers);
  if (secret === undefined) throw refused('No API key was given. Send it as "Authorization: Bearer sk-sluice-…".');
  const caller = await world.access.find(keyHash(secret));
  if (caller === undefined || caller.revoked || (caller.expiresAt ?? Number.POSITIVE_INFINITY) <= visit.startedAt) {
    throw refused('This API key is not valid: it is unknown, expired or revoked.');
  }
  visit.trace?.of(caller);
  return caller;
}

/** What of a visit says who is calling: a door may ask before it has the body. */
type Introduction = Pick<Visit, 'headers' | 'startedAt' | 'trace'>;

/** What is stored of a key. */
export const keyHash = (secret: string): string => hash('sha256', secret, 'hex');

function secretOf(headers: Visit['headers']): string | undefined {
  const bearer = /^Bearer +(\S.*?) *$/i.exec(headers.authorization ?? '')?.[1];
  return bearer ?? (headers['x-api-key'] || headers['api-key'] || undefined);
}

const refused = (message: string) => new GatewayError('invalid_api_key', { message });
