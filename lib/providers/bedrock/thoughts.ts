import type { Thought } from '../../openai/thoughts.ts';
import type { Block } from './blocks.ts';

/** Thoughts as the model they are sent to wrote them; those of others stay here, and so do those without a seal: no model asks for them. */
export function toReasoningBlocks(thoughts: readonly Thought[], writer: string): readonly Block[] {
  return thoughts.flatMap((thought): readonly Block[] => {
    if (thought.writer !== writer) return [];
    const { text = '', signature, redacted } = thought;
    if (redacted !== undefined) return [{ reasoningContent: { redactedContent: toBase64(redacted) } }];
    return signature === undefined ? [] : [{ reasoningContent: { reasoningText: { text, signature } } }];
  });
}

// The service wraps in base64 what the model's own API gives as a text; unwrapped, it is the same in every cloud.
export const fromBase64 = (base64: string): string => Buffer.from(base64, 'base64').toString('latin1');

const toBase64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');
