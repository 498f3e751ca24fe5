import type { GatewayError } from '../../errors.ts';
import type { Outbound } from '../../wire/send.ts';

/** Whether a text was written by who asks, or by the model. */
export type Side = 'input' | 'output';

/** What a guardrail says of a text. */
export type Verdict = {
  /** What it found that may not pass, in its own words, such as `topic finance`, and never a word of the text; empty where all may pass. */
  readonly blocked: readonly string[];
  /** What it asks for it; undefined where it does not say. */
  readonly nanoDollars: number | undefined;
};

/** How a provider's guardrail is spoken to, both ways. Pure. */
export type GuardDialect = {
  /** What is asked, as rules over targets see it. */
  readonly model: string;
  /** The most characters one question may have. */
  readonly mostCharacters: number;
  /** The question whether a text may pass. */
  toProvider(text: string, side: Side): Outbound;
  /** Its answer; throws for what is none: nothing passes by an answer that cannot be read. */
  fromProvider(body: string, provider: string): Verdict;
  /** The most that the answer can cost, in nano-dollars. */
  ceiling(text: string): number;
  toError(
    status: number,
    headers: Readonly<Record<string, string | undefined>>,
    body: string,
    provider: string,
  ): GatewayError;
};

/** An answer that says nothing of all it was asked. */
export const noVerdict = (provider: string) => `${provider} did not say whether the text may pass.`;
