import { GatewayError } from '../errors.ts';
import type { World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import type { Answered } from './reply.ts';
import { toldCall } from './told-call.ts';
import { versionHeader } from './version-header.ts';
import type { Visit } from './visit.ts';

/** The record of a call, for the key that made it. To any other key it is as if there were none. */
export async function callOf(visit: Visit, world: World, id: string): Promise<Answered> {
  const [caller, config] = await Promise.all([authenticate(visit, world), world.config()]);
  const found = /^req_\w{1,64}$/.test(id) ? await written(caller.tenant, id, world) : undefined;
  if (found === undefined || found.keyId !== caller.keyId)
    throw new GatewayError('not_found', {
      message: `This key has made no call ${JSON.stringify(id)}. A call is written down once its answer has ended.`,
    });
  return {
    status: 200,
    headers: { 'content-type': 'application/json', ...versionHeader(config) },
    body: [JSON.stringify(toldCall(found))],
  };
}

async function written(tenant: string, id: string, { journal }: World) {
  try {
    return await journal.find(tenant, id);
  } catch (cause) {
    throw new GatewayError('gateway_unavailable', {
      message: 'Calls cannot be looked up right now. Try again shortly.',
      cause,
    });
  }
}
