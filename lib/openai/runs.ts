import type { Turn } from './turns.ts';

/** A turn, and its place in the caller's list. */
export type Placed<T extends Turn = Turn> = { readonly turn: T; readonly at: number };

/** What the assistant said. */
export type Spoken = Extract<Turn, { role: 'assistant' }>;

/** Turns that make one message: the assistant's, or what it was told between two of its own. */
export type Run =
  | { readonly by: 'assistant'; readonly turns: Placed<Spoken>[] }
  | { readonly by: 'others'; readonly turns: Placed<Exclude<Turn, Spoken>>[] };

/** The turns from a place on as runs that alternate. Those of the assistant and of the system that say nothing are left out, so that their neighbours meet. */
export function toRuns(turns: readonly Turn[], from: number): readonly Run[] {
  const runs: Run[] = [];
  for (const [index, turn] of turns.slice(from).entries()) {
    if (empty(turn)) continue;
    const at = from + index;
    const last = runs.at(-1);
    if (turn.role === 'assistant') {
      if (last?.by === 'assistant') last.turns.push({ turn, at });
      else runs.push({ by: 'assistant', turns: [{ turn, at }] });
    } else if (last?.by === 'others') last.turns.push({ turn, at });
    else runs.push({ by: 'others', turns: [{ turn, at }] });
  }
  return runs;
}

function empty(turn: Turn): boolean {
  if (turn.role === 'system') return turn.parts.every((part) => part.kind === 'text' && part.text.trim() === '');
  return turn.role === 'assistant' && turn.text.trim() === '' && turn.calls.length === 0; // a message cannot be thoughts alone
}
