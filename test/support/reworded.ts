let questions = 0;

/** A question in words of its own, of which no two have any: what all of them mean is for the embeddings to say. */
export function reworded(): string {
  const stem = [...String(++questions)].map((digit) => `${'bdfghjklmn'[Number(digit)]}o`).join('');
  return `tell me about ${['ka', 'lo', 'mi', 'ne'].map((ending) => `${stem}${ending}`).join(' ')}`;
}
