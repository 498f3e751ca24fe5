import type { Usage } from './catalog/usage.ts';
import type { Config } from './config/config.ts';
import type { Timer } from './wire/leavable.ts';
import type { Send } from './wire/send.ts';

/** All we ask of the outside. The pipeline gets it as an argument and knows nothing of what stands behind. */
export type World = {
  /** The configuration in force now. */
  readonly config: () => Config;
  readonly access: Access;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly secrets: Secrets;
  readonly send: Send;
  readonly log: Log;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds with fractions since some moment, never backwards: for durations. */
  readonly tick: () => number;
  readonly timer: Timer;
  /** A fresh request id; ids sort by the time they were made. */
  readonly newId: () => string;
};

/** Who may call. */
export type Access = {
  /** The key with this SHA-256 (hex) and its tenant, or undefined when there is none. At most 4 s old. Throws when it cannot know. */
  find(keyHash: string): Promise<Caller | undefined>;
};

/** A key and the tenant it belongs to, as they stand in the table. */
export type Caller = {
  readonly tenant: string;
  readonly keyId: string;
  readonly keyName?: string;
  /** The feature this key is bound to. */
  readonly feature?: string;
  /** Globs over `provider/model`; a model must match one in each list that is given. */
  readonly allowed: readonly (readonly string[])[];
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  readonly revoked: boolean;
};

/** What calls cost, by key and tenant. */
export type Ledger = {
  /** Holds a place for a call in every scope that must pay for it. Throws `gateway_unavailable` when it cannot. */
  reserve(caller: Caller, holdId: string, at: number): Promise<Hold>;
  /** Books what the call came to. Idempotent by the hold's id; call it once the client has its last byte. */
  settle(hold: Hold, bill: Bill): Promise<void>;
};

/** A call's place in the ledger, from admission to settlement. */
export type Hold = {
  readonly id: string;
  /** The counters that pay: `tenant#acme`, `key#id`. */
  readonly scopes: readonly string[];
  /** Epoch milliseconds; decides the windows that pay. */
  readonly at: number;
};

/** What a call came to. */
export type Bill = {
  readonly usage: Usage;
  readonly nanoDollars: number;
  /** True when no usage was reported, and an upper bound stands in for it. */
  readonly estimated: boolean;
};

/** Where calls are written down. */
export type Journal = { record(call: CallRecord): Promise<void> };

/** One upstream call. */
export type Attempt = {
  /** `provider/model`. */
  readonly target: string;
  readonly provider: string;
  /** The HTTP status, or a word for a failure without one: timeout, reset, cut. */
  readonly status: number | string;
  readonly ms: number;
  /** Why it failed, for the operator. */
  readonly message?: string;
};

/** One call, as it is remembered. Never holds a prompt, an answer or a secret. */
export type CallRecord = {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly tenant: string;
  readonly keyId: string;
  readonly user?: string;
  readonly feature?: string;
  readonly prompt?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly endpoint: string;
  readonly stream: boolean;
  readonly requestedModel: string;
  /** `provider/model` that answered. */
  readonly model?: string;
  readonly attempts: readonly Attempt[];
  readonly status: 'ok' | 'failed' | 'abandoned';
  readonly errorCode?: string;
  readonly finish?: string;
  readonly bill: Bill;
  readonly firstContentMs?: number;
  readonly totalMs: number;
  /** Our own share of the time until the first content. */
  readonly ownMs: number;
};

/** Provider credentials. */
export type Secrets = {
  /** The value behind `env:NAME` or `secret:NAME`. Throws when there is none. */
  reveal(reference: string): Promise<string>;
};

/** Lines for operators: one JSON object each, never with a prompt, an answer or a secret. */
export type Log = {
  info(message: string, fields: Readonly<Record<string, unknown>>): void;
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
};
