import type { Limits, Window } from './limits.ts';

/** Who or what a limit is for. */
export type ScopeKind = 'key' | 'user' | 'feature' | 'tenant' | 'provider';

/** Something that may use only so much. */
export type Scope = {
  readonly kind: ScopeKind;
  /** As a person knows it: `acme`, `free-tier`. */
  readonly name: string;
  /** Its counter: `tenant#acme`, `key#key_1`, `user#acme#bob`, `feature#acme#search`, `provider#lab`. */
  readonly id: string;
  readonly limits: Limits;
  /** Of a scope that many tenants share: who asks, and how high its priority is. While others wait, each has its part. */
  readonly sharer?: { readonly tenant: string; readonly rank: number };
};

/** The most a call may come to. */
export type Demand = {
  readonly nanoDollars: number;
  /** The least nano-dollars the call is still worth making for; the ledger grants what it can between the two. */
  readonly leastNanoDollars: number;
  /** An estimate: tokens are for fairness, dollars are the cap. */
  readonly tokens: number;
};

/** A call that asks to be let in. */
export type Reservation = {
  /** The request's id. */
  readonly id: string;
  /** How often the call has asked before. No two askings may look alike: what was sent for one may still arrive for another. */
  readonly turn: number;
  /** When, in epoch milliseconds; decides the windows that pay. */
  readonly at: number;
  /** In whose days and months. */
  readonly timezone: string;
  readonly scopes: readonly Scope[];
  readonly demand: Demand;
  readonly tenant: string;
  readonly keyId: string;
  /** `provider/model`, user and feature: for the record of a call that nobody ended. */
  readonly model: string;
  readonly user?: string | undefined;
  readonly feature?: string | undefined;
};

/** A call's place in the ledger, from admission to settlement. */
export type Hold = Reservation & {
  /**
   * What marks the call in the counters: of several askings of one call, the one that was let in. Left out where nothing
   * is held: then nobody but its own process ever writes its record.
   */
  readonly mark?: string;
  /** What is held: all of the demand, or as much of it as the budgets had left. */
  readonly nanoDollars: number;
};

/** What is left of a rate: of requests or of tokens in a minute. */
export type Rate = {
  readonly limit: number;
  readonly remaining: number;
  /** Until all of it is there again. */
  readonly resetMs: number;
};

/** The tightest rates over a caller, as its answers show them. */
export type Standing = { readonly requests?: Rate; readonly tokens?: Rate };

/** What a limit counts. */
export type Kind = 'dollars' | 'requests' | 'tokens' | 'concurrent';

/** Why a call is not let in: the scope whose limit is hardest to wait for. */
export type Refusal = {
  readonly scope: Scope;
  readonly kind: Kind;
  /** Left out for calls at once, which have no window. */
  readonly window?: Window;
  /** In nano-dollars, requests, tokens or calls. */
  readonly limit: number;
  /** What is used up for good in this window. */
  readonly spent: number;
  /** What calls under way hold. */
  readonly held: number;
  readonly wanted: number;
  /** When the window is over, in epoch milliseconds; never for a total. */
  readonly resetAt?: number;
  /** How long until the same call could be let in, as far as can be told. */
  readonly retryAfterMs?: number;
  /** True when only calls under way stand in its way: a moment later it may fit. */
  readonly soon: boolean;
};

export type Admission =
  | { readonly ok: true; readonly hold: Hold; readonly standing: Standing }
  | { readonly ok: false; readonly refusal: Refusal; readonly standing: Standing };

/** A budget that has reached a threshold, told once for each scope, window and threshold. */
export type Alert = {
  /** The same for the same event: who gets it twice can tell. */
  readonly id: string;
  readonly tenant: string;
  readonly scope: ScopeKind;
  readonly name: string;
  readonly window: Window;
  /** The window's own name: `2026-11-26`, `2026-11`. */
  readonly period: string;
  readonly thresholdPercent: number;
  readonly spentUsd: string;
  readonly limitUsd: string;
};
