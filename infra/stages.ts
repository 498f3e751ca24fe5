import { createHash } from 'node:crypto';
import { NAMESPACE } from '../lib/aws/metric-names.ts';
import { OWN_SECRETS } from '../lib/config/secret-names.ts';

/** One installation of the gateway; two with different names share nothing. */
export type Stage = {
  readonly name: string;
  /** The stack of what must outlive a deploy. */
  readonly stateStack: string;
  /** The stack of what can be thrown away. */
  readonly gatewayStack: string;
  /** The stack of the gateway for many streams at once, where that is switched on. */
  readonly webStack: string;
  /** The stack of the semantic cache, where that is switched on. */
  readonly semanticCacheStack: string;
  /** The collection of its vectors. */
  readonly vectorsCollection: string;
  /** The stack of prompts and answers that are kept, where that is switched on. */
  readonly capturesStack: string;
  /** Under which its metrics stand. */
  readonly metricsNamespace: string;
  /** What the names of secrets begin with that it may read whatever its deploy named: no other stage may. */
  readonly ownSecrets: string;
};

/** The stage that `-c stage=NAME` asks for; without it, `sluice`. */
export function stageNamed(name: unknown = 'sluice'): Stage {
  if (typeof name !== 'string' || !/^[A-Za-z][A-Za-z0-9-]{0,63}$/.test(name)) {
    throw new Error(
      `A stage is named with letters, digits and hyphens, a letter first, at most 64; not ${JSON.stringify(name)}.`,
    );
  }
  return {
    name,
    stateStack: `${name}-state`,
    gatewayStack: `${name}-gateway`,
    webStack: `${name}-web`,
    semanticCacheStack: `${name}-semantic-cache`,
    vectorsCollection: collectionOf(name),
    capturesStack: `${name}-captures`,
    metricsNamespace: name === 'sluice' ? NAMESPACE : `${NAMESPACE}-${name}`,
    // Not the stage's name alone: the account may well have secrets of others that are named prod/…
    ownSecrets: name === 'sluice' ? OWN_SECRETS : `sluice-${name}/`,
  };
}

/** A collection's name has at most 28 characters, and no capital: where the stage's does not fit, its hash tells it from others. */
function collectionOf(name: string): string {
  const plain = `${name}-vectors`;
  if (/^[a-z][a-z0-9-]{2,27}$/.test(plain)) return plain;
  const exact = createHash('sha256').update(name).digest('hex').slice(0, 8);
  return `${name.toLowerCase().slice(0, 11)}-${exact}-vectors`;
}

/** Whether `-c semanticCache=true`, or the same in cdk.json, asks for the semantic cache; without it there is none. */
export const semanticCacheWanted = (asked: unknown = false): boolean => trueOrFalse('semanticCache', asked);

/** Whether `-c webFunction=true`, or the same in cdk.json, asks for a gateway for many streams at once; without it there is none. */
export const webFunctionWanted = (asked: unknown = false): boolean => trueOrFalse('webFunction', asked);

/** Whether `-c captures=true`, or the same in cdk.json, asks for a place for prompts and answers; without it there is none. */
export const capturesWanted = (asked: unknown = false): boolean => trueOrFalse('captures', asked);

/** Whether calls are traced, which `-c traces=false`, or the same in cdk.json, switches off. */
export const tracesWanted = (asked: unknown = true): boolean => trueOrFalse('traces', asked);

/** Whether a new version gets a tenth of all calls first, which `-c gradual=false`, or the same in cdk.json, switches off. */
export const gradualWanted = (asked: unknown = true): boolean => trueOrFalse('gradual', asked);

/** What a switch among the context values asks for; a slip is no answer. */
export function trueOrFalse(name: string, asked: unknown): boolean {
  if (asked === true || asked === 'true') return true;
  if (asked === false || asked === 'false') return false;
  throw new Error(`The context value ${name} is true or false; not ${JSON.stringify(asked)}.`);
}

/** The dollars an hour from which `-c spendPerHourUsd=DOLLARS`, or the same in cdk.json, wants somebody told; undefined where it does not say. */
export function spendPerHourAsked(asked: unknown): number | undefined {
  if (asked === undefined) return undefined;
  const dollars = typeof asked === 'string' && asked.trim() !== '' ? Number(asked) : asked;
  if (typeof dollars === 'number' && Number.isFinite(dollars) && dollars > 0) return dollars;
  throw new Error(`The context value spendPerHourUsd is a number of dollars above 0; not ${JSON.stringify(asked)}.`);
}

/** How many indexes of table Calls `-c callIndexes=1` asks for; undefined, which is all, where it does not say. */
export function callIndexesAsked(asked: unknown): number | undefined {
  if (asked === undefined) return undefined;
  if (String(asked) === '1') return 1;
  throw new Error(`The context value callIndexes is 1, or left out for all; not ${JSON.stringify(asked)}.`);
}

/** For how many days `-c auditKeptDays=400`, or the same in cdk.json, wants an entry of the audit log kept; undefined, which is for ever, where it does not say. */
export const auditKeptDaysAsked = (asked: unknown): number | undefined => daysAsked('auditKeptDays', asked);

/** For how many days `-c capturesKeptDays=30`, or the same in cdk.json, wants a prompt and its answer kept; undefined, which is 30, where it does not say. */
export const capturesKeptDaysAsked = (asked: unknown): number | undefined => daysAsked('capturesKeptDays', asked);

function daysAsked(name: string, asked: unknown): number | undefined {
  if (asked === undefined) return undefined;
  if (/^[1-9]\d{0,4}$/.test(String(asked))) return Number(asked);
  throw new Error(`The context value ${name} is a whole number of days above 0; not ${JSON.stringify(asked)}.`);
}
