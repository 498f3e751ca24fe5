import type { Json } from './json.ts';

/** OpenAI's usage object, with what a call cost beside it. */
export type UsageView = {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details?: {
    readonly cached_tokens?: number | null;
    readonly cache_write_tokens?: number | null;
    readonly [more: string]: unknown;
  } | null;
  readonly completion_tokens_details?: {
    readonly reasoning_tokens?: number | null;
    readonly [more: string]: unknown;
  } | null;
  readonly [more: string]: unknown;
};

export type ToolCallDelta = {
  readonly index: number;
  readonly id?: string;
  readonly type?: 'function';
  readonly function?: { readonly name?: string; readonly arguments?: string };
  readonly [more: string]: unknown;
};

export type Delta = {
  readonly role?: 'assistant';
  readonly content?: string | null;
  readonly reasoning_content?: string | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly ToolCallDelta[];
  readonly [more: string]: unknown;
};

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter' | 'function_call';

export type ChunkChoice = {
  readonly index: number;
  readonly delta: Delta;
  readonly finish_reason: FinishReason | null;
  readonly [more: string]: unknown;
};

/** One event of a streamed answer. Fields we do not know travel along. */
export type ChatChunk = {
  readonly id: string;
  readonly object: 'chat.completion.chunk';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly ChunkChoice[];
  readonly usage?: UsageView | null;
  readonly [more: string]: unknown;
};

/**
 * A streamed answer: the chunks that arrived together, together. One batch a network read keeps the cost of a
 * promise and of a write per read, not per token.
 */
export type ChatStream = AsyncIterable<readonly ChatChunk[]>;

export type ChatCompletion = {
  readonly id: string;
  readonly object: 'chat.completion';
  readonly created: number;
  readonly model: string;
  readonly choices: readonly {
    readonly index: number;
    readonly message: {
      readonly role: 'assistant';
      readonly content: string | null;
      readonly refusal: string | null;
      readonly [more: string]: unknown;
    };
    readonly finish_reason: FinishReason;
    readonly [more: string]: unknown;
  }[];
  readonly usage?: UsageView;
  readonly [more: string]: Json | unknown;
};
