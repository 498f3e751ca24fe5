import type { Reach } from '../catalog/regions.ts';
import { type Retention, type Terms, termsOf } from '../catalog/terms.ts';
import type { Requirement } from '../config/requires.ts';
import type { Target } from './provider.ts';

/** A rule that a target breaks. */
export type Broken = {
  readonly rule: 'regions' | 'providers' | 'retention';
  readonly by: string;
  /** As the end of a sentence that begins with the target: `processes data in us; tenant acme requires eu`. */
  readonly told: string;
};

/** What is asked of a target to know whether it complies. */
type Called = Pick<Target, 'provider' | 'model'>;

/** The first rule that a target breaks; undefined where it keeps them all. What is not known keeps no rule. */
export function brokenBy({ provider, model }: Called, requirements: readonly Requirement[]): Broken | undefined {
  if (requirements.length === 0) return undefined;
  const terms = termsOf(provider.name, provider.place, model, provider.stated);
  for (const requirement of requirements) {
    const broken = firstOf(requirement, provider.name, terms);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

function firstOf(requirement: Requirement, name: string, { reach, retention }: Terms): Broken | undefined {
  const { by, regions, providers } = requirement;
  if (providers !== undefined && !providers.includes(name))
    return { rule: 'providers', by, told: `is called at ${name}; ${by} requires ${listed(providers, 'or')}` };
  if (regions !== undefined && (typeof reach === 'string' || !reach.every((each) => regions.includes(each))))
    return { rule: 'regions', by, told: `${toldReach(reach)}; ${by} requires ${listed(regions, 'or')}` };
  if (requirement.retention !== undefined && retention !== requirement.retention)
    return { rule: 'retention', by, told: `${toldRetention(retention)}; ${by} requires zero data retention` };
  return undefined;
}

function toldReach(reach: Reach): string {
  if (reach === 'unknown') return 'processes data in unknown regions';
  return reach === 'anywhere' ? 'may process data in any region' : `may process data in ${listed(reach, 'and')}`;
}

const toldRetention = (retention: Retention): string =>
  typeof retention === 'number' ? `may keep data for ${retention} days` : `keeps data for an ${retention} time`;

/** `eu`, `eu or uk`, `eu, uk or us`. */
const listed = (words: readonly string[], link: 'and' | 'or'): string =>
  [words.slice(0, -1).join(', '), ...words.slice(-1)].filter((each) => each !== '').join(` ${link} `);
