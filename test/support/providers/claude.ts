import { demand, type Wire, wire } from './script.ts';
import { chapter, type Said, seal, type Thought } from './story.ts';

/** One Claude has one name in every cloud, and reads there what it wrote elsewhere. */
export function writerOf(model: string): string {
  const name = /claude-(?:opus-4-8|sonnet-4-5)/.exec(model)?.[0];
  demand(name !== undefined, `model: ${model}`);
  return name;
}

/** The thoughts of a turn, where any were asked for: a signed one, and in the second turn a redacted one beside it. */
export function thoughtsOf(turn: number, seed: string, { thinking }: Wire): readonly Thought[] {
  if (thinking === undefined) return [];
  const signed = { text: chapter(turn).thought, signature: seal(seed) };
  return turn === 1 ? [signed, { redacted: seal(`${seed} redacted`) }] : [signed];
}

/**
 * How a request must ask Claude to think, each generation in its way. One that thinks within a budget refuses to where
 * results follow a turn that does not begin with a thought; elsewhere it was asked to, and so it must be.
 * https://platform.claude.com/docs/en/build-with-claude/extended-thinking
 */
export function checkClaude(request: Wire, history: readonly Said[], writer: string): void {
  const { type, budget_tokens: budget } = wire(request.thinking);
  if (writer === 'claude-opus-4-8') {
    demand(type === 'adaptive', 'thinking.type: expected adaptive');
    demand(wire(request.output_config).effort === 'low', 'output_config.effort: expected low');
    return;
  }
  if (history.at(-1)?.thoughts.length === 0) {
    demand(
      type === undefined,
      'messages.1.content.0.type: Expected `thinking` or `redacted_thinking`, but found `tool_use`',
    );
    return;
  }
  demand(type === 'enabled', 'thinking: reasoning was asked for');
  demand(typeof budget === 'number' && budget >= 1024, 'thinking.enabled.budget_tokens: at least 1024');
  demand(budget < Number(request.limit), '`max_tokens` must be greater than `thinking.budget_tokens`');
}
