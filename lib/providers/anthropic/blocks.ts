import type { Delta } from '../../openai/answer.ts';
import { carrying } from '../../openai/carried.ts';
import { type Thought, toDetails } from '../../openai/thoughts.ts';
import { type Wire, wireObject } from '../wire.ts';
import { ANSWER_TOOL } from './answer-tool.ts';

/** A content block that is being written. */
type Open =
  | { readonly kind: 'text' }
  | { readonly kind: 'thought'; thought: Thought }
  | { readonly kind: 'answer'; readonly input: Wire; begun: boolean }
  | { readonly kind: 'call'; readonly index: number; readonly input: Wire; begun: boolean };

/** Reads content blocks as deltas; blocks of other kinds, such as those of tools the provider runs itself, say nothing. */
export type Blocks = {
  readonly start: (at: unknown, block: Wire) => readonly Delta[];
  readonly add: (at: unknown, delta: Wire) => readonly Delta[];
  readonly stop: (at: unknown) => readonly Delta[];
  /** Stops every block whose end was not told. */
  readonly end: () => readonly Delta[];
  /** True when the answer came through the tool that stands in for structured output. */
  readonly stoodIn: () => boolean;
};

/**
 * The content blocks of one answer. A thought is told while it is written, and once more, whole and sealed, when it ends;
 * the next tool call carries it in its id.
 */
export function answerBlocks(writer: string): Blocks {
  const open = new Map<unknown, Open>();
  let calls = 0;
  let thoughts = 0;
  let stoodIn = false;
  let unsaid: Thought[] = []; // thoughts no call has carried yet

  const start = (at: unknown, block: Wire): readonly Delta[] => {
    switch (block.type) {
      case 'text':
        open.set(at, { kind: 'text' });
        return content(text(block.text));
      case 'thinking':
        open.set(at, { kind: 'thought', thought: { writer, text: text(block.thinking), ...signed(block.signature) } });
        return reasoning(text(block.thinking));
      case 'redacted_thinking':
        open.set(at, { kind: 'thought', thought: { writer, redacted: text(block.data) } });
        return [];
      case 'tool_use': {
        if (block.name === ANSWER_TOOL) {
          open.set(at, { kind: 'answer', input: wireObject(block.input), begun: false });
          stoodIn = true;
          return [];
        }
        const index = calls++;
        open.set(at, { kind: 'call', index, input: wireObject(block.input), begun: false });
        const id = carrying({ id: text(block.id), thoughts: unsaid });
        unsaid = [];
        return [{ tool_calls: [{ index, id, type: 'function', function: { name: text(block.name), arguments: '' } }] }];
      }
      default:
        return [];
    }
  };

  const add = (at: unknown, delta: Wire): readonly Delta[] => {
    const block = open.get(at);
    switch (block?.kind) {
      case 'text':
        return delta.type === 'text_delta' ? content(text(delta.text)) : [];
      case 'thought': {
        const { thought } = block;
        if (delta.type === 'signature_delta') block.thought = { ...thought, ...signed(delta.signature) };
        if (delta.type !== 'thinking_delta') return [];
        const more = text(delta.thinking);
        block.thought = { ...thought, text: (thought.text ?? '') + more };
        return reasoning(more);
      }
      case 'answer': {
        const json = delta.type === 'input_json_delta' ? text(delta.partial_json) : '';
        block.begun ||= json !== '';
        return content(json);
      }
      case 'call': {
        const json = delta.type === 'input_json_delta' ? text(delta.partial_json) : '';
        block.begun ||= json !== '';
        return json === '' ? [] : argumentsOf(block.index, json);
      }
      case undefined:
        return [];
    }
  };

  const stop = (at: unknown): readonly Delta[] => {
    const block = open.get(at);
    open.delete(at);
    // A call without arguments sends nothing at all for them.
    if (block?.kind === 'call') return block.begun ? [] : argumentsOf(block.index, JSON.stringify(block.input));
    if (block?.kind === 'answer') return block.begun ? [] : content(JSON.stringify(block.input));
    if (block?.kind !== 'thought') return [];
    const { thought } = block;
    if (thought.signature !== undefined || thought.redacted !== undefined) unsaid.push(thought);
    return [{ reasoning_details: toDetails([thought], thoughts++) }];
  };

  const end = () => [...open.keys()].flatMap(stop);

  return { start, add, stop, end, stoodIn: () => stoodIn };
}

const content = (words: string): readonly Delta[] => (words === '' ? [] : [{ content: words }]);
const reasoning = (words: string): readonly Delta[] => (words === '' ? [] : [{ reasoning_content: words }]);
const argumentsOf = (index: number, json: string): readonly Delta[] => [
  { tool_calls: [{ index, function: { arguments: json } }] },
];

const signed = (signature: unknown) => (typeof signature === 'string' && signature !== '' ? { signature } : {});

const text = (value: unknown): string => (typeof value === 'string' ? value : '');
