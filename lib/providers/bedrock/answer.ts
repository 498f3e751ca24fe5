import { GatewayError } from '../../errors.ts';
import type { ChatChunk, Delta, UsageView } from '../../openai/answer.ts';
import { carrying } from '../../openai/carried.ts';
import { type Thought, toDetails } from '../../openai/thoughts.ts';
import type { Origin } from '../provider.ts';
import { type Wire, wireObject, wireText } from '../wire.ts';
import { toWriter } from './family.ts';
import { type Finish, toFinish } from './finish.ts';
import { fromBase64 } from './thoughts.ts';
import { toUsageView } from './usage.ts';

/** A block that has begun: a call with its place among the calls, or a thought. Text needs no memory. */
type Open =
  | { readonly kind: 'call'; readonly index: number; empty: boolean }
  | { readonly kind: 'thought'; text: string; signature: string; redacted: string };

/** One answer as it arrives: each event gives the chunks it amounts to, the end the last ones, or nothing when it was cut. */
export function answer({ provider, stamp }: Origin) {
  const writer = toWriter(stamp.model);
  const open = new Map<unknown, Open>();
  let begun = false;
  let calls = 0;
  let thoughts = 0;
  /** Since the last call. */
  let pending: Thought[] = [];
  let finish: Finish | undefined;
  let ended = false;

  const chunk = (delta: Delta): ChatChunk => {
    const whole: Delta = begun ? delta : { role: 'assistant', ...delta };
    begun = true;
    return { ...stamp, object: 'chat.completion.chunk', choices: [{ index: 0, delta: whole, finish_reason: null }] };
  };

  const started = (at: unknown, { toolUse }: Wire): ChatChunk[] => {
    const { toolUseId, name: called, type } = wireObject(toolUse);
    if (toolUse === undefined || type === 'server_tool_use') return []; // the service runs those itself
    const [given, name] = [wireText(toolUseId), wireText(called)];
    if (given === undefined || name === undefined) {
      const message = `${provider} began a tool call without its id or its name.`;
      throw new GatewayError('provider_error', { provider, message });
    }
    const id = carrying({ id: given, thoughts: pending });
    pending = [];
    const index = calls++;
    open.set(at, { kind: 'call', index, empty: true });
    return [chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] })];
  };

  const added = (at: unknown, { text, reasoningContent, toolUse }: Wire): ChatChunk[] => {
    if (typeof text === 'string') return text === '' ? [] : [chunk({ content: text })];
    if (reasoningContent !== undefined) return mused(at, wireObject(reasoningContent));
    const block = open.get(at);
    const { input } = wireObject(toolUse);
    if (block?.kind !== 'call' || typeof input !== 'string' || input === '') return [];
    if (input.trim() !== '') block.empty = false;
    return [chunk({ tool_calls: [{ index: block.index, function: { arguments: input } }] })];
  };

  const mused = (at: unknown, { text, signature, redactedContent }: Wire): ChatChunk[] => {
    const known = open.get(at);
    const block =
      known?.kind === 'thought' ? known : { kind: 'thought' as const, text: '', signature: '', redacted: '' };
    open.set(at, block);
    if (typeof signature === 'string') block.signature += signature;
    if (typeof redactedContent === 'string') block.redacted += fromBase64(redactedContent);
    if (typeof text !== 'string' || text === '') return [];
    block.text += text;
    return [chunk({ reasoning_content: text })];
  };

  const stopped = (at: unknown): ChatChunk[] => {
    const block = open.get(at);
    open.delete(at);
    if (block === undefined) return [];
    if (block.kind === 'call')
      return block.empty ? [chunk({ tool_calls: [{ index: block.index, function: { arguments: '{}' } }] })] : [];
    const { text, signature, redacted } = block;
    const thought = {
      writer,
      ...(text !== '' && { text }),
      ...(signature !== '' && { signature }),
      ...(redacted !== '' && { redacted }),
    };
    if (signature !== '' || redacted !== '') pending.push(thought); // without a seal nobody asks for it again
    return [chunk({ reasoning_details: toDetails([thought], thoughts++) })];
  };

  const last = (usage?: UsageView): ChatChunk[] => {
    if (ended || finish === undefined) return [];
    ended = true;
    const done: ChatChunk = {
      ...stamp,
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta: {}, ...finish }],
    };
    return usage === undefined ? [done] : [done, { ...stamp, object: 'chat.completion.chunk', choices: [], usage }];
  };

  return {
    see(event: Wire): ChatChunk[] {
      const [kind] = Object.keys(event);
      const { contentBlockIndex: at, ...rest } = wireObject(kind === undefined ? undefined : event[kind]);
      switch (kind) {
        case 'messageStart':
          return begun ? [] : [chunk({ content: '' })];
        case 'contentBlockStart':
          return started(at, wireObject(rest.start));
        case 'contentBlockDelta':
          return added(at, wireObject(rest.delta));
        case 'contentBlockStop':
          return stopped(at);
        case 'messageStop':
          finish = toFinish(rest.stopReason);
          return [...open.keys()].flatMap(stopped);
        case 'metadata':
          return last(toUsageView(rest));
        default:
          return []; // a kind we do not know yet
      }
    },

    end: (): ChatChunk[] | undefined => (finish === undefined ? undefined : last()),
  };
}
