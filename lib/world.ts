import type { Caller } from './caller.ts';
import type { CaptureRecord, Captures } from './captures.ts';
import type { Usage } from './catalog/usage.ts';
import type { Config } from './config/config.ts';
import type { RedactionMode } from './config/redaction-policy.ts';
import type { Cooldowns } from './cooldowns.ts';
import type { GuardrailRecord } from './guardrails/record.ts';
import type { Admission, Alert, Hold, Refusal, Reservation } from './ledger/admission.ts';
import type { Answers, CacheRecord, Flights, Vectors } from './recall.ts';
import type { Repeats } from './repeats.ts';
import type { Traces } from './trace.ts';
import type { Send } from './wire/send.ts';
import type { Timer } from './wire/timer.ts';

/** All we ask of the outside. The pipeline gets it as an argument and knows nothing of what stands behind. */
export type World = {
  /** The configuration in force: at most 30 s old. A call asks once, and goes by what it got to its end. */
  readonly config: () => Promise<Config>;
  readonly access: Access;
  readonly ledger: Ledger;
  readonly journal: Journal;
  readonly repeats: Repeats;
  readonly answers: Answers;
  readonly flights: Flights;
  /** Undefined where no place for vectors is set up. */
  readonly vectors?: Vectors;
  /** Undefined where no place for prompts and answers is set up. */
  readonly captures?: Captures;
  readonly metrics: Metrics;
  /** Undefined where nobody traces. */
  readonly traces?: Traces;
  readonly secrets: Secrets;
  readonly cooldowns: Cooldowns;
  readonly send: Send;
  readonly log: Log;
  /** A random number from 0 up to 1, 1 left out. */
  readonly random: () => number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Milliseconds with fractions since some moment, never backwards: for durations. */
  readonly tick: () => number;
  readonly timer: Timer;
  /** Where this gateway runs, such as `eu-central-1`; undefined where nobody says. */
  readonly region?: string | undefined;
  /** A fresh request id; ids sort by the time they were made. */
  readonly newId: () => string;
};

/** Who may call. */
export type Access = {
  /** The key with this SHA-256 (hex) and its tenant, or undefined when there is none. At most 4 s old. Throws when it cannot know. */
  find(keyHash: string): Promise<Caller | undefined>;
};

/** What calls cost, and what they may cost: counters of every scope that has limits, and of every key and tenant. */
export type Ledger = {
  /** Holds a call's ceiling in every scope, or in none. Throws `gateway_unavailable` when it cannot know. */
  reserve(reservation: Reservation): Promise<Admission>;
  /** Holds so much more for another attempt, after one that may cost; false, and nothing changed, where that cannot be paid. */
  raise(hold: Hold, nanoDollars: number): Promise<boolean>;
  /** Books what the call came to and gives the rest back. Idempotent by the hold's id; call it once the client has its last byte. `written` is false where no record of the call could be made. */
  settle(hold: Hold, bill: Bill, written?: boolean): Promise<void>;
  /** Resolves when nothing is being given back any more that could not be when a reservation failed: of the call with this id, or of all. */
  idle(id?: string): Promise<void>;
  /** Remembers that a call was turned away: tells of the budget that is used up, once in its window, and keeps a tenant's claim to its part of a provider. */
  turnedAway(refusal: Refusal, reservation: Reservation): Promise<void>;
};

/** What a call came to. */
export type Bill = {
  readonly usage: Usage;
  readonly nanoDollars: number;
  /** True when no usage was reported, and an upper bound stands in for it. */
  readonly estimated: boolean;
};

/** Where calls are written down. */
export type Journal = {
  /** Writes a call down, and gives its bill: that of the first record, should there be one already. */
  record(call: CallRecord): Promise<Bill>;
  /** A tenant's call as it is written down; undefined where there is none. Throws when it cannot be told. */
  find(tenant: string, id: string): Promise<WrittenCall | undefined>;
};

/** A call as it was written down, perhaps by a gateway that knew more of it, or less. */
export type WrittenCall = Readonly<Record<string, unknown>>;

/** Numbers for operators. None of it ever fails a call, and of what nobody waits for none comes before its answer. */
export type Metrics = {
  /** Counts what should not happen, and mostly does not. */
  count(
    metric: 'CacheUnavailable' | 'SemanticCacheUnavailable' | 'SemanticCacheLate' | 'GuardrailFailed' | 'CaptureFailed',
  ): void;
  /** Counts a call that has ended. */
  call(record: CallRecord): Promise<void>;
  /** Counts a call that was not let in. */
  refused(refusal: Refusal, reservation: Reservation): Promise<void>;
};

/** One upstream call. */
export type Attempt = {
  /** `provider/model`. */
  readonly target: string;
  readonly provider: string;
  /** The HTTP status, or a word for a failure without one: timeout, reset, cut. */
  readonly status: number | string;
  readonly ms: number;
  /** Why it failed, for the operator, and whose fault that was. */
  readonly message?: string;
  readonly blame?: 'caller' | 'target' | 'moment';
  /** What it came to: of the tokens the kinds there were. Records of old do not say it. */
  readonly usage?: Partial<Usage>;
  readonly nanoDollars?: number;
  readonly estimated?: boolean;
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
  /** The operator's route that was asked for, and which arms of splits were drawn, as `trial/1`. */
  readonly route?: string;
  readonly arm?: string;
  /** `provider/model` that answered. */
  readonly model?: string;
  readonly attempts: readonly Attempt[];
  readonly status: 'ok' | 'failed' | 'abandoned';
  readonly errorCode?: string;
  /** The trace it is in, where it is traced. */
  readonly traceId?: string;
  /** What marked the call in the counters. */
  readonly mark?: string;
  readonly finish?: string;
  readonly bill: Bill;
  readonly firstContentMs?: number;
  readonly totalMs: number;
  /** Our own share of the time until the first content. */
  readonly ownMs: number;
  /** What was taken out of the request before it left: how many values of each kind; and what nobody could look into. */
  readonly redaction?: {
    readonly mode: RedactionMode;
    readonly found: Readonly<Record<string, number>>;
    readonly unscanned: readonly string[];
  };
  /** Whether guardrails saw it; left out where none were asked for. */
  readonly guardrails?: GuardrailRecord;
  /** Where its request and answer are kept, of a tenant that wants it. */
  readonly capture?: CaptureRecord;
  /** The version of the configuration it went by, and where the gateway ran. */
  readonly configVersion?: number;
  readonly region?: string;
} & CacheRecord;

/** Tells people what they asked to be told of. Throws when it could not. */
export type Alerts = { send(alert: Alert): Promise<void> };

/** Provider credentials: the value behind `env:NAME` or `secret:NAME`. Throws when there is none. */
export type Secrets = { reveal(reference: string): Promise<string> };

/** Lines for operators: one JSON object each, never with a prompt, an answer or a secret. */
export type Log = {
  info(message: string, fields: Told): void;
  /** Here there may be errors among them. */
  error(message: string, fields: Readonly<Record<string, unknown>>): void;
};

/** Fields of a line: plain, so that it says all of them. */
export type Told = { readonly [name: string]: Plain };
type Plain = string | number | boolean | null | undefined | readonly Plain[] | Told;
