import { createHash } from 'node:crypto';
import type { Caller } from '../caller.ts';
import { GatewayError } from '../errors.ts';
import type { Claim } from '../repeats.ts';
import type { Visit } from './visit.ts';

/** The claim to a call that its caller has named. The name is the caller's own: of two keys that use the same, neither hears of the other. */
export function toClaim(name: string, visit: Visit, { tenant, keyId }: Caller): Claim {
  if (!/^[\x20-\x7e]{1,255}$/.test(name)) throw unfit();
  return {
    tenant,
    keyId,
    name: hashOf(JSON.stringify([tenant, keyId, name])),
    request: hashOf(`${visit.path}\n`, visit.body),
    owner: visit.id,
  };
}

function hashOf(...parts: readonly (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
}

const unfit = () =>
  new GatewayError('invalid_request_error', {
    param: 'idempotency-key',
    message: 'idempotency-key must have 1 to 255 characters, all of them printable ASCII.',
  });
