import { findModel, providersOf } from '../catalog/catalog.ts';
import type { Config } from '../config/config.ts';
import { priceOf } from '../config/price-of.ts';
import { GatewayError } from '../errors.ts';
import { findProvider, howToSwitchOn } from '../providers/index.ts';
import type { Target } from '../providers/provider.ts';

/**
 * The target of a name, `provider/model` or one the catalog knows; the refusal where the name leads nowhere, or to what
 * has no price. In one configuration a name has one target, which is remembered.
 */
export function toTarget(asked: string, config: Config): Target | GatewayError {
  const targets = known.get(config) ?? new Map<string, Target>();
  const before = targets.get(asked);
  if (before !== undefined) return before;
  const found = sought(asked, config);
  if (found instanceof GatewayError) return found;
  if (targets.size >= MOST_KNOWN) targets.clear();
  known.set(config, targets.set(asked, found));
  return found;
}

const known = new WeakMap<Config, Map<string, Target>>();

/** More models than anybody calls; but where any name has a price, callers make them up. */
const MOST_KNOWN = 1_000;

function sought(asked: string, config: Config): Target | GatewayError {
  const name = qualified(asked, config);
  if (name instanceof GatewayError) return name;
  const slash = name.indexOf('/');
  const provider = findProvider(name.slice(0, slash), config);
  const price = priceOf(name, config);
  const model = name.slice(slash + 1);
  // A name of dots is a step in a path, and would lead to another place of the provider's.
  if (provider === undefined || /^\.{0,2}$/.test(model)) return unknown(name);
  if (price === undefined) return unpriced(name);
  const { maxOutputTokens, contextWindow, capabilities } = findModel(name) ?? {};
  const { hidesThinking, oneWay } = provider.chat(model);
  return {
    name,
    provider,
    model,
    price,
    ...(maxOutputTokens !== undefined && { mostOutputTokens: maxOutputTokens }),
    ...(contextWindow !== undefined && { contextWindow }),
    ...(capabilities?.includes('reasoning') && hidesThinking && { thinksUnseen: true }),
    ...(oneWay && { oneWay }),
  };
}

/** `gpt-5.5` becomes `openai/gpt-5.5`: the first provider that is on and has a model of that name, its maker before others. */
function qualified(model: string, config: Config): string | GatewayError {
  const slash = model.indexOf('/');
  if (slash > 0 && findProvider(model.slice(0, slash), config) !== undefined) return model;
  const makers = providersOf(model);
  const maker = makers.find((name) => findProvider(name, config) !== undefined);
  if (maker !== undefined) return `${maker}/${model}`;
  const named = slash > 0 ? model.slice(0, slash) : makers[0];
  return unknown(
    model,
    named === undefined
      ? 'Name it as provider/model; GET /v1/models lists what there is.'
      : `The provider ${named} is not switched on: ${howToSwitchOn(named)}.`,
  );
}

const unknown = (model: string, advice = '') =>
  new GatewayError('model_not_found', {
    param: 'model',
    message: `There is no model ${JSON.stringify(model)} here. ${advice}`.trimEnd(),
  });

const unpriced = (name: string) =>
  new GatewayError('model_unpriced', {
    param: 'model',
    message: `No price is known for ${name}, and an unpriced call would not be counted. Its operator can name one under prices in the configuration.`,
  });
