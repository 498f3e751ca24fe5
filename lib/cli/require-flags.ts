import { type Region, regions } from '../catalog/regions.ts';
import { toOneOf } from './flag-values.ts';
import type { Flag } from './limit-flags.ts';
import { Wrong } from './wrong.ts';

/** What a tenant or a key requires of every target that is called for it. */
export const requireFlags: readonly Flag[] = [
  { name: 'require-regions', path: ['requires', 'regions'], read: toRegions },
  { name: 'require-providers', path: ['requires', 'providers'], read: toProviders },
  { name: 'require-retention', path: ['requires', 'retention'], read: toOneOf(['none']) },
];

/** How they are typed, for a command's help. */
export const requireHelp = '[--require-regions eu,us] [--require-providers NAME,NAME] [--require-retention none]';

function toRegions(text: string, option: string): readonly Region[] {
  const one = toOneOf(regions);
  return listed(text, option).map((each) => one(each, option));
}

function toProviders(text: string, option: string): readonly string[] {
  const names = listed(text, option);
  const wrong = names.find((each) => !/^[a-z0-9][a-z0-9-]*$/.test(each));
  if (wrong !== undefined)
    throw new Wrong(`${option} takes names of providers with commas between them, not ${JSON.stringify(wrong)}.`);
  return names;
}

function listed(text: string, option: string): readonly string[] {
  const words = text.split(',').map((each) => each.trim());
  if (words.includes('')) throw new Wrong(`${option} takes words with commas between them, such as a,b.`);
  return words;
}
