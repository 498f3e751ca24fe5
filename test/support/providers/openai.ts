import { halves, type Wire } from './script.ts';
import { chapter, countsOf, type Said } from './story.ts';
import { toToolCall } from './tool-messages.ts';

/** How a vendor of OpenAI's dialect writes an answer. */
export type Manner = {
  readonly model: string;
  /** Whether thoughts can be read, as `reasoning_content`. */
  readonly open: boolean;
  /** How a call without arguments is written. */
  readonly noArguments: string;
};

/** An unstreamed answer in OpenAI's shape. */
export function toCompletion(said: Said, turn: number, { model, open, noArguments }: Manner): Wire {
  const { text, calls } = said;
  const message = {
    role: 'assistant',
    content: text === '' ? null : text,
    refusal: null,
    ...(open && { reasoning_content: chapter(turn).thought }),
    ...(calls.length > 0 && { tool_calls: calls.map(toToolCall).map((call) => bare(call, noArguments)) }),
  };
  const choices = [{ index: 0, message, logprobs: null, finish_reason: finishOf(said) }];
  return { ...head(turn, model), object: 'chat.completion', choices, usage: usageOf(turn) };
}

/** A streamed answer in OpenAI's shape, a chunk each: the last holds the usage and no choice. */
export function toChunks(said: Said, turn: number, { model, open, noArguments }: Manner): readonly Wire[] {
  const chunk = (delta: Wire, finish_reason: string | null = null) => ({
    ...head(turn, model),
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta, finish_reason }],
    usage: null,
  });
  const pieces = [
    { role: 'assistant', content: null },
    ...(open ? halves(chapter(turn).thought).map((reasoning_content) => ({ reasoning_content })) : []),
    ...halves(said.text).map((content) => ({ content })),
    ...said.calls.flatMap(({ id, name, args }, index) => {
      const json = Object.keys(args).length === 0 ? noArguments : JSON.stringify(args);
      return [
        { tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] },
        ...halves(json).map((half) => ({ tool_calls: [{ index, function: { arguments: half } }] })),
      ];
    }),
  ];
  const last = { ...head(turn, model), object: 'chat.completion.chunk', choices: [], usage: usageOf(turn) };
  return [...pieces.map((piece) => chunk(piece)), chunk({}, finishOf(said)), last];
}

function bare(call: Wire, noArguments: string): Wire {
  const text = JSON.stringify(call);
  return JSON.parse(text.replace('"arguments":"{}"', `"arguments":${JSON.stringify(noArguments)}`));
}

const head = (turn: number, model: string) => ({ id: `chatcmpl-scripted-${turn}`, created: 1_800_000_000, model });

const finishOf = ({ calls }: Said) => (calls.length > 0 ? 'tool_calls' : 'stop');

function usageOf(turn: number) {
  const { input, cached, output, reasoning } = countsOf(turn);
  return {
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: { cached_tokens: cached },
    completion_tokens_details: { reasoning_tokens: reasoning },
  };
}
