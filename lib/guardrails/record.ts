/** Whether guardrails saw a text: all of it, nothing of it, or what they were to say of it could not be had. */
export type Scanned = 'scanned' | 'not scanned' | 'failed';

/** What guardrails did for a call, as it is remembered. */
export type GuardrailRecord = {
  /** The request, and the answer. What a request was blocked for, no answer followed. */
  readonly input: Scanned;
  readonly output: Scanned;
  /** Which of the two was not let pass, and which guardrails found what: `house: topic finance`. */
  readonly blocked?: { readonly side: 'input' | 'output'; readonly by: readonly string[] };
  /** What of the request and the answer nobody could look into. */
  readonly unscanned?: readonly string[];
  /** How many questions were asked, how long they took in all, some of them beside each other, and what they cost. */
  readonly questions: number;
  readonly ms: number;
  readonly nanoUsd: number;
  /** The longest that a piece of a streamed answer was kept back. */
  readonly keptBackMs?: number;
};
