import { findModel, type Model, modelsOf } from '../catalog/catalog.ts';
import { GatewayError } from '../errors.ts';
import type { Caller, World } from '../world.ts';
import { authenticate } from './authenticate.ts';
import { allows, priceOf } from './plan.ts';
import type { Answered } from './reply.ts';
import type { Visit } from './visit.ts';

/** The models this key may call, with their prices. */
export async function models(visit: Visit, world: World): Promise<Answered> {
  const caller = await authenticate(visit, world);
  return json({ object: 'list', data: offered(caller, world) });
}

/** One of them. */
export async function model(visit: Visit, world: World, id: string): Promise<Answered> {
  const caller = await authenticate(visit, world);
  const found = offered(caller, world).find((each) => each.id === id);
  if (found === undefined)
    throw new GatewayError('model_not_found', {
      param: 'model',
      message: `There is no model ${JSON.stringify(id)} that this key may call. GET /v1/models lists those there are.`,
    });
  return json(found);
}

/** The catalog's models of every provider that is on, and those the operator named in a price without a wildcard. */
function offered(caller: Caller, world: World) {
  const config = world.config();
  const known = Object.keys(config.providers).flatMap((provider) => modelsOf(provider).map(({ id }) => id));
  const priced = Object.keys(config.prices).filter(
    (name) => !name.includes('*') && config.providers[name.split('/')[0] ?? ''] !== undefined,
  );
  return [...new Set([...known, ...priced])]
    .filter((id) => allows(caller, id))
    .map((id) => toView(id, findModel(id), world));
}

function toView(id: string, found: Model | undefined, world: World) {
  const price = priceOf(id, world.config());
  return {
    id,
    object: 'model',
    created: 0,
    owned_by: id.split('/')[0],
    ...(found?.contextWindow === undefined ? {} : { context_window: found.contextWindow }),
    ...(found?.description === undefined ? {} : { description: found.description }),
    // Dollars per million tokens.
    ...(price === undefined
      ? {}
      : {
          pricing: {
            input: price.input / 1e6,
            output: price.output / 1e6,
            cache_read: price.cacheRead / 1e6,
            cache_write: price.cacheWrite / 1e6,
          },
        }),
  };
}

const json = (value: unknown): Answered => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body: [JSON.stringify(value)],
});
