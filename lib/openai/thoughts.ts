import type { Json } from './json.ts';

/** A block of a model's reasoning, as its writer needs it back: unchanged, and by nobody else. */
export type Thought = {
  /** Who wrote it and can read it: a dialect and a model family, such as `anthropic/claude-sonnet-4-6`. */
  readonly writer: string;
  /** What may be read of it. */
  readonly text?: string;
  /** The writer's seal on the text, or all there is of the thought. */
  readonly signature?: string;
  /** A thought nobody may read, as its writer encrypted it. */
  readonly redacted?: string;
};

/**
 * Thoughts as the extension field `reasoning_details`, in the shape OpenRouter made known; a client that sends the field
 * back gives the model its memory back. https://openrouter.ai/docs/use-cases/reasoning-tokens
 */
export function toDetails(thoughts: readonly Thought[], from = 0) {
  return thoughts.map(({ writer, text, signature, redacted }, at) => ({
    type: redacted === undefined ? 'reasoning.text' : 'reasoning.encrypted',
    ...(text === undefined ? {} : { text }),
    ...(signature === undefined ? {} : { signature }),
    ...(redacted === undefined ? {} : { data: redacted }),
    format: writer,
    index: from + at,
  }));
}

/** The thoughts in a message's `reasoning_details`; what is not ours is left out. */
export function fromDetails(details: Json | undefined): readonly Thought[] {
  if (!Array.isArray(details)) return [];
  return details.flatMap((detail) => {
    if (typeof detail !== 'object' || detail === null || Array.isArray(detail)) return [];
    const { format, text, signature, data } = { ...detail };
    if (typeof format !== 'string' || !format.includes('/')) return [];
    return [
      {
        writer: format,
        ...(typeof text === 'string' ? { text } : {}),
        ...(typeof signature === 'string' ? { signature } : {}),
        ...(typeof data === 'string' ? { redacted: data } : {}),
      },
    ];
  });
}
