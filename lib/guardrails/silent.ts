type Choice = { readonly index: number; readonly [more: string]: unknown };

/** Whatever has choices, a whole answer or a chunk of one, without log probabilities: they spell what else is looked at, and what was never said. */
export function silent<Answer extends { readonly choices: readonly Choice[] }>(answer: Answer): Answer {
  if (answer.choices.every(({ logprobs = null }) => logprobs === null)) return answer;
  return { ...answer, choices: answer.choices.map((choice) => ({ ...choice, logprobs: null })) };
}
