import type { WrittenCachePolicy } from './config/cache-policy.ts';
import type { WrittenGuard } from './config/guard-policy.ts';
import type { WrittenRedaction } from './config/redaction-policy.ts';
import type { Requirement } from './config/requires.ts';
import type { CallerLimits, Priority } from './ledger/limits.ts';

/** A key and the tenant it belongs to, as they stand in the table. */
export type Caller = {
  readonly tenant: string;
  readonly keyId: string;
  readonly keyName?: string;
  /** The feature this key is bound to. */
  readonly feature?: string;
  /** Globs over `provider/model`; a model must match one in each list that is given. */
  readonly allowed: readonly (readonly string[])[];
  /** Of the features that have one, a list that a call for them must match, too. */
  readonly featureModels: Readonly<Record<string, readonly string[]>>;
  /** What is required of every target that is called for it; all of it holds. */
  readonly requires: readonly Requirement[];
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  readonly revoked: boolean;
  readonly limits: CallerLimits;
  readonly priority: Priority;
  /** The time zone, by its IANA name, in whose days and months the tenant's budgets are. */
  readonly timezone: string;
  /** What the tenant's answers may be used for again, where that is written for it. */
  readonly cache?: WrittenCachePolicy;
  /** What must not leave in its prompts, and in those for one of its features, where that is written for it. */
  readonly redaction?: WrittenRedaction;
  readonly featureRedactions: Readonly<Record<string, WrittenRedaction>>;
  /** Which guardrails its requests and answers go through, where that is written for it, and for its features. */
  readonly guard?: WrittenGuard;
  readonly featureGuards: Readonly<Record<string, WrittenGuard>>;
  /** Whether its prompts and answers are kept. */
  readonly capture?: boolean;
};
