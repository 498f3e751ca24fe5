import { findModel, providersOf } from '../catalog/catalog.ts';
import { bestGlob } from '../catalog/globs.ts';
import type { Price } from '../catalog/price.ts';
import type { Config } from '../config/config.ts';
import { GatewayError } from '../errors.ts';
import { findProvider, howToSwitchOn } from '../providers/index.ts';
import type { Target } from '../providers/provider.ts';
import type { Caller } from '../world.ts';

/** The calls we are willing to make for a model name, in order. Never empty: a name that leads nowhere is refused here. */
export function toPlan(model: string, caller: Caller, config: Config, feature?: string): readonly Target[] {
  const target = toTarget(qualified(model, config), config);
  if (!allows(caller, target.name, feature)) {
    throw new GatewayError('model_not_allowed', { param: 'model', message: `This key may not call ${target.name}.` });
  }
  return [target];
}

/** True when every allow-list over the caller has the target's name: its key's, its tenant's, and its feature's. A key that is bound to a feature is always that feature's. */
export function allows({ allowed, feature, featureModels }: Caller, name: string, named?: string): boolean {
  const spending = feature ?? named;
  const list = spending !== undefined && Object.hasOwn(featureModels, spending) ? featureModels[spending] : undefined;
  return [...allowed, ...(list ? [list] : [])].every((globs) => bestGlob(globs, name) !== undefined);
}

/** The price of a model: the operator's first, then the catalog's. */
export function priceOf(name: string, config: Config): Price | undefined {
  const glob = bestGlob(Object.keys(config.prices), name);
  return glob === undefined ? findModel(name)?.price : config.prices[glob];
}

/** An alias becomes what it stands for, and `gpt-5.5` becomes `openai/gpt-5.5`: the first provider that is on and has a model of that name, its maker before others. */
function qualified(model: string, config: Config): string {
  const alias = Object.hasOwn(config.models, model) ? config.models[model] : undefined;
  if (alias !== undefined) return alias;
  const slash = model.indexOf('/');
  if (slash > 0 && findProvider(model.slice(0, slash), config) !== undefined) return model;
  const makers = providersOf(model);
  const maker = makers.find((name) => findProvider(name, config) !== undefined);
  if (maker !== undefined) return `${maker}/${model}`;
  const named = slash > 0 ? model.slice(0, slash) : makers[0];
  const advice =
    named === undefined
      ? 'Name it as provider/model; GET /v1/models lists what there is.'
      : `The provider ${named} is not switched on: ${howToSwitchOn(named)}.`;
  throw new GatewayError('model_not_found', {
    param: 'model',
    message: `There is no model ${JSON.stringify(model)} here. ${advice}`,
  });
}

function toTarget(name: string, config: Config): Target {
  const slash = name.indexOf('/');
  const provider = findProvider(name.slice(0, slash), config);
  const price = priceOf(name, config);
  if (provider === undefined || slash === name.length - 1)
    throw new GatewayError('model_not_found', {
      param: 'model',
      message: `There is no model ${JSON.stringify(name)} here.`,
    });
  if (price === undefined) {
    throw new GatewayError('model_unpriced', {
      param: 'model',
      message: `No price is known for ${name}, and an unpriced call would not be counted. Its operator can name one under prices in the configuration.`,
    });
  }
  const model = name.slice(slash + 1);
  const { maxOutputTokens, capabilities } = findModel(name) ?? {};
  const { hidesThinking, oneWay } = provider.chat(model);
  return {
    name,
    provider,
    model,
    price,
    ...(maxOutputTokens !== undefined && { mostOutputTokens: maxOutputTokens }),
    ...(capabilities?.includes('reasoning') && hidesThinking && { thinksUnseen: true }),
    ...(oneWay && { oneWay }),
  };
}
