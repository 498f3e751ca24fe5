import { findModel } from '../catalog/catalog.ts';
import { bestGlob } from '../catalog/globs.ts';
import type { Price } from '../catalog/price.ts';
import type { Config } from './config.ts';

/** The price of a model: the operator's first, then the catalog's. */
export function priceOf(name: string, config: Config): Price | undefined {
  const glob = bestGlob(Object.keys(config.prices), name);
  return glob === undefined ? findModel(name)?.price : config.prices[glob];
}
