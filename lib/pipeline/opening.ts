import type { Caller } from '../caller.ts';
import type { Standing } from '../ledger/admission.ts';
import type { Target } from '../providers/provider.ts';
import type { Bounds } from './attempt.ts';
import type { Caching } from './cache/caching.ts';
import type { Capture } from './captured.ts';
import type { Guards } from './guardrails/guards.ts';
import type { Ask, Asked } from './parse.ts';
import type { Routed } from './plan.ts';
import type { Redaction } from './protected.ts';
import type { Visit } from './visit.ts';

/** What a tally is opened with: all that is known before a provider is called. */
export type Opening = {
  readonly visit: Visit;
  readonly caller: Caller;
  readonly ask: Ask<Asked>;
  /** By which of the operator's routes it goes, where it is by one. */
  readonly routed?: Routed;
  /** The path that was asked. */
  readonly endpoint: string;
  /** What the caches may do for the call; without it nothing. */
  readonly caching?: Caching | undefined;
  /** What was taken out of the request, where anything was looked for. */
  readonly redaction?: Redaction | undefined;
  /** The guardrails it goes through, where there are any. */
  readonly guards?: Guards | undefined;
  /** What is to be kept of it, where anything is. */
  readonly capture?: Capture | undefined;
  /** Of the configuration that the call goes by. */
  readonly version?: number | undefined;
  readonly tick: () => number;
  /** What was reckoned before the call: where no usage is reported, no attempt is billed for more tokens than that. */
  readonly boundsFor?: (target: Target) => Bounds;
  /** The limit the gateway set on each choice for a target, where it did. */
  readonly limitFor?: (target: Target) => number | undefined;
  /** Fires when the time for the whole call is over. */
  readonly signal?: AbortSignal | undefined;
  /** What marks the call in the ledger's counters. */
  readonly mark?: string | undefined;
  /** The caller's rates, as they stood at the door. */
  readonly standing?: Standing;
};
