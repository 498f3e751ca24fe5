import type { Region } from '../catalog/regions.ts';

/** A guardrail of the operator's, as the configuration names it: a service that says whether a text may pass. */
export type GuardrailConfig = {
  /** Whose it is, by the name of a provider in the configuration: that one's address and credential are used. */
  readonly provider: string;
  /** Its id, where the provider keeps several, and which version of it. */
  readonly guardrail?: string | undefined;
  readonly version?: string | undefined;
  /** The model that judges, where it is one. */
  readonly model?: string | undefined;
  /** Where it may be judged, by its operator's word, where that is not where its provider is. */
  readonly regions?: readonly Region[] | undefined;
  /** How long it may take to judge, in milliseconds. */
  readonly timeoutMs?: number | undefined;
  /** What a thousand units cost in dollars, over what is known of the provider. */
  readonly usdPerThousandUnits?: number | undefined;
};

/** What becomes of a text when a guardrail cannot be asked: nothing passes, or it passes unseen. */
export const onFailures = ['closed', 'open'] as const;
/** What becomes of a request with something in it that nobody can look into. */
export const unreads = ['pass', 'refuse'] as const;

/** Which guardrails a request and its answer go through, by their names. */
export type GuardPolicy = {
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly onFailure: (typeof onFailures)[number];
  /** Whether a request may hold what nobody can look into, such as images, or is refused for it. */
  readonly unread: (typeof unreads)[number];
  /** Of a streamed answer: so many characters are looked at at once. */
  readonly window: number;
  /** And so many are kept back behind those, until what follows them was looked at, too. */
  readonly holdback: number;
  /** No text waits longer to be looked at, in milliseconds. */
  readonly delayMs: number;
};

/** A policy as one of several writes it down: what it leaves out, another says. */
export type WrittenGuard = { readonly [field in keyof GuardPolicy]?: GuardPolicy[field] | undefined };

/** What holds where nobody says anything: no guardrails, and whoever names some is not passed by when they fail. */
export const usualGuard: GuardPolicy = {
  input: [],
  output: [],
  onFailure: 'closed',
  unread: 'pass',
  window: 900, // with the holdback a text unit, by which some are paid
  holdback: 100,
  delayMs: 1000,
};

/** The policy, with what is written over it. */
export const guardOver = (policy: GuardPolicy, written: WrittenGuard = {}): GuardPolicy => ({
  input: written.input ?? policy.input,
  output: written.output ?? policy.output,
  onFailure: written.onFailure ?? policy.onFailure,
  unread: written.unread ?? policy.unread,
  window: written.window ?? policy.window,
  holdback: written.holdback ?? policy.holdback,
  delayMs: written.delayMs ?? policy.delayMs,
});

/** The policy, made stricter by what is written, and never laxer: guardrails are added, and closed stays closed. */
export const guardTightened = (policy: GuardPolicy, written: WrittenGuard = {}): GuardPolicy => {
  const open = policy.onFailure === 'open' && written.onFailure !== 'closed';
  return {
    ...policy,
    input: [...new Set([...policy.input, ...(written.input ?? [])])],
    output: [...new Set([...policy.output, ...(written.output ?? [])])],
    onFailure: open ? 'open' : 'closed',
    unread: [policy.unread, written.unread].includes('refuse') ? 'refuse' : 'pass',
    holdback: Math.max(policy.holdback, written.holdback ?? 0),
  };
};
