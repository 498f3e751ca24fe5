import type { Price } from '../catalog/price.ts';
import type { Region } from '../catalog/regions.ts';
import type { Budgets, Rates } from '../ledger/limits.ts';
import type { CacheConfig } from './cache-policy.ts';
import type { GuardrailConfig, WrittenGuard } from './guard-policy.ts';
import type { WrittenRedaction } from './redaction-policy.ts';
import type { Requires } from './requires.ts';
import type { Route } from './route.ts';

/** A provider as the operator configured it; what is left out comes from what Sluice knows of the vendor. */
export type ProviderConfig = {
  /** Only for an endpoint Sluice does not know by name. */
  readonly kind?: 'openai-compatible' | undefined;
  readonly baseUrl?: string | undefined;
  /** `env:NAME` or `secret:NAME`. */
  readonly credential?: string | undefined;
  readonly region?: string | undefined;
  /** A Google Cloud project. */
  readonly project?: string | undefined;
  /** Azure's API version for deployments. */
  readonly apiVersion?: string | undefined;
  /** Allows a base URL that is not https, or not public. */
  readonly allowPrivate?: boolean | undefined;
  /** Whether requests to it say which trace they are part of; what Sluice knows of the vendor decides when it is left out. */
  readonly traceparent?: boolean | undefined;
  /** Where it processes what it is sent, and how long it keeps it, by its operator's word: over what is known of the vendor. */
  readonly regions?: readonly Region[] | undefined;
  readonly retention?: 'none' | number | undefined;
  /** What all tenants together may use of it. */
  readonly rates?: Rates | undefined;
};

/** The configuration in force. */
export type Config = {
  /** Counts up with each change; undefined where nobody counts. */
  readonly version?: number;
  readonly providers: Readonly<Record<string, ProviderConfig>>;
  /** Prices over the catalog's, by glob over `provider/model`. */
  readonly prices: Readonly<Record<string, Price>>;
  /** Names of the operator's own, each for a model or for a route to several. */
  readonly models: Readonly<Record<string, Route>>;
  /** Providers that stay off whatever else would switch them on. */
  readonly off?: readonly string[];
  /** What follows a model that has no route: the same model on other providers, or nothing. */
  readonly fallback?: 'equivalents' | 'none';
  /** Budgets of tenants that speak of none; undefined where the operator says nothing either. */
  readonly defaultBudgets?: Budgets;
  /** What is required of every target, whoever calls. */
  readonly requires?: Requires;
  readonly ledger: LedgerConfig;
  /** Undefined where the operator says nothing of it: then nothing is cached. */
  readonly cache?: CacheConfig;
  /** What must not leave in any prompt; undefined where the operator says nothing of it. */
  readonly redaction?: WrittenRedaction;
  /** Services that say whether a text may pass, by their names, and which of them every text goes through. */
  readonly guardrails?: Readonly<Record<string, GuardrailConfig>>;
  readonly guard?: WrittenGuard;
  /** Undefined where the operator says nothing of it. */
  readonly calls?: CallsConfig;
};

type LedgerConfig = {
  /** How long a reservation lives unsettled, and a little more than a call may take. */
  readonly holdSeconds: number;
  /** How long the ledger may take before the gateway refuses. */
  readonly timeoutMs: number;
};

type CallsConfig = {
  /** How long the record of a call is kept. */
  readonly keptDays: number;
};

export const usualCalls: CallsConfig = { keptDays: 90 };

export const usualLedger: LedgerConfig = { holdSeconds: 960, timeoutMs: 2_000 };

export const emptyConfig: Config = { providers: {}, prices: {}, models: {}, ledger: usualLedger };
