import type { Question, Recalled } from '../../lib/recall.ts';

let questions = 0;

/** A question nobody has asked yet; of tenant acme, whose keys all share its answer, unless it says otherwise. */
export const asked = (whose: Partial<Question> = {}): Question => ({
  tenant: 'acme',
  keyId: undefined,
  model: 'lab/m',
  key: `question-${++questions}`,
  ...whose,
});

/** An answer that was asked for just now and lasts an hour, unless it says otherwise. */
export const answered = (answer: Partial<Recalled> = {}): Recalled => {
  const askedAt = answer.askedAt ?? Date.now();
  return {
    text: '{"answer":42}',
    source: 'req_1',
    madeBy: 'key_1',
    askedAt,
    expiresAt: askedAt + 3_600_000,
    nanoDollars: 7,
    tookMs: 900,
    ...answer,
  };
};
