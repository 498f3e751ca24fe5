import type { Caller } from '../caller.ts';
import { findModel, type Model, modelsOf } from '../catalog/catalog.ts';
import { equivalentsOf } from '../catalog/equivalents.ts';
import type { Price, Rates } from '../catalog/price.ts';
import type { Config } from '../config/config.ts';
import { priceOf } from '../config/price-of.ts';
import { GatewayError } from '../errors.ts';
import type { World } from '../world.ts';
import { complies } from './compliant.ts';
import { modelsBehind } from './flatten.ts';
import { introduced } from './introduced.ts';
import { allows } from './plan.ts';
import type { Answered } from './reply.ts';
import { versionHeader } from './version-header.ts';
import type { Visit } from './visit.ts';

/** The models this key may call, and of which all is kept that is required for it, with their prices. */
export async function models(visit: Visit, world: World): Promise<Answered> {
  const [caller, config] = await introduced(visit, world);
  return json({ object: 'list', data: offered(caller, config) }, config);
}

/** One of them. */
export async function model(visit: Visit, world: World, id: string): Promise<Answered> {
  const [caller, config] = await introduced(visit, world);
  const found = offered(caller, config).find((each) => each.id === id);
  if (found === undefined)
    throw new GatewayError('model_not_found', {
      param: 'model',
      message: `There is no model ${JSON.stringify(id)} that this key may call. GET /v1/models lists those there are.`,
    });
  return json(found, config);
}

/** The operator's names, the catalog's models of every provider that is on, and those named in a price without a wildcard. */
function offered(caller: Caller, config: Config) {
  const known = Object.keys(config.providers).flatMap((provider) => modelsOf(provider).map(({ id }) => id));
  const priced = Object.keys(config.prices).filter(
    (name) => !name.includes('*') && config.providers[name.split('/')[0] ?? ''] !== undefined,
  );
  const plain = [...new Set([...known, ...priced])].filter(
    (name) => allows(caller, name) && complies(name, caller, config),
  );
  return [
    ...Object.keys(config.models).flatMap((name) => ownName(name, caller, config)),
    ...plain.map((name) => toView(name, findModel(name), config)),
  ];
}

/** One of the operator's names, as the models it leads to that the caller may call; nothing where there is none. */
function ownName(id: string, caller: Caller, config: Config) {
  const route = config.models[id];
  const leadsTo = [...new Set(modelsBehind(id, config))].filter(
    (name) => allows(caller, name) && complies(name, caller, config),
  );
  const [first] = leadsTo;
  if (first === undefined) return [];
  const view = toView(first, findModel(first), config);
  return [{ ...view, id, ...(typeof route === 'string' ? { alias_of: route } : { routes_to: leadsTo }) }];
}

function toView(id: string, found: Model | undefined, config: Config) {
  const price = priceOf(id, config);
  const equivalents = equivalentsOf(id, config.providers);
  return {
    id,
    object: 'model',
    created: 0,
    owned_by: id.split('/')[0],
    ...(found?.contextWindow === undefined ? {} : { context_window: found.contextWindow }),
    ...(found?.maxOutputTokens === undefined ? {} : { max_output_tokens: found.maxOutputTokens }),
    ...(found?.capabilities === undefined ? {} : { capabilities: found.capabilities }),
    ...(found?.description === undefined ? {} : { description: found.description }),
    ...(equivalents.length === 0 ? {} : { equivalents }),
    ...(price === undefined ? {} : { pricing: toPricing(price) }),
  };
}

/** Dollars per million tokens; `above` so many input tokens, other rates; by the piece, dollars apiece. */
function toPricing({ search, request, tiers, factors, requestBySearch: _, ...rates }: Price): object {
  return {
    ...toDollars(rates),
    ...(search === undefined ? {} : { web_search: search / 1e9 }),
    ...(request === undefined ? {} : { request: request / 1e9 }),
    ...(tiers === undefined ? {} : { tiers: tiers.map(({ above, ...tier }) => ({ above, ...toDollars(tier) })) }),
    ...(factors === undefined
      ? {}
      : {
          service_tiers: Object.fromEntries(
            Object.entries(factors).map(([name, { times, over }]) => [name, times / over]),
          ),
        }),
  };
}

/** Kinds that cost what plain input or output does are left out, but for the cache. */
function toDollars(rates: Rates) {
  const { input, output, cacheRead, cacheWrite, cacheWrite1h, audioInput, audioOutput, reasoning, citation } = rates;
  const unless = (usual: number, own: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(own).flatMap(([name, rate]) => (rate === usual ? [] : [[name, rate / 1e6]])));
  return {
    input: input / 1e6,
    output: output / 1e6,
    cache_read: cacheRead / 1e6,
    cache_write: cacheWrite / 1e6,
    cache_write_1h: cacheWrite1h / 1e6,
    ...unless(input, { audio_input: audioInput, citation }),
    ...unless(output, { audio_output: audioOutput, reasoning }),
  };
}

const json = (value: unknown, config: Config): Answered => ({
  status: 200,
  headers: { 'content-type': 'application/json', ...versionHeader(config) },
  body: [JSON.stringify(value)],
});
