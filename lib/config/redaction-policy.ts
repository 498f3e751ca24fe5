import { type Kind, kinds } from '../redaction/finding.ts';

/** What becomes of values that are not to leave, from lax to strict: nothing, a placeholder that comes back as the value, one for good, a refusal of the request. */
export const redactionModes = ['off', 'tokens', 'mask', 'block'] as const;
export type RedactionMode = (typeof redactionModes)[number];

/** What is looked for in all that would leave, and what becomes of it. */
export type RedactionPolicy = {
  readonly mode: RedactionMode;
  readonly detect: readonly Kind[];
  /** Patterns of the operator's own, by the name that stands for what they find. */
  readonly patterns: Readonly<Record<string, string>>;
};

/** A policy as one of several writes it down: what it leaves out, another says. */
export type WrittenRedaction = { readonly [field in keyof RedactionPolicy]?: RedactionPolicy[field] | undefined };

/** What holds where nobody says anything; whoever names a mode alone means every kind there is. */
export const usualRedaction: RedactionPolicy = { mode: 'off', detect: kinds, patterns: {} };

/** The policy, with what is written over it. Patterns are added: what one has named, none takes away. */
export const redactionOver = (policy: RedactionPolicy, written: WrittenRedaction = {}): RedactionPolicy => ({
  mode: written.mode ?? policy.mode,
  detect: written.detect ?? policy.detect,
  patterns: { ...written.patterns, ...policy.patterns },
});

/** The policy, made stricter by what is written, and never laxer. */
export function redactionTightened(policy: RedactionPolicy, written: WrittenRedaction = {}): RedactionPolicy {
  const over = redactionOver(policy, written);
  const rank = ({ mode }: RedactionPolicy) => redactionModes.indexOf(mode);
  const mode = rank(over) > rank(policy) ? over.mode : policy.mode;
  // What a policy that is off would look for is no one's wish.
  const detect =
    policy.mode === 'off'
      ? over.detect
      : kinds.filter((kind) => [policy, over].some((each) => each.detect.includes(kind)));
  return { mode, detect, patterns: over.patterns };
}
