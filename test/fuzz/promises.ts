import assert from 'node:assert/strict';
import { GatewayError } from '../../lib/errors.ts';
import type { ChatChunk, ChatCompletion } from '../../lib/openai/answer.ts';

/** What a failure may be: one of ours with words, and never that the gateway failed unexpectedly. */
export function isTold(error: unknown): asserts error is GatewayError {
  if (!(error instanceof GatewayError)) throw error;
  if (error.code === 'internal_error') throw error.cause ?? error;
  assert.match(error.message, /\S/);
}

/** What a failure may be that comes of the caller's words. */
export function isCallers(error: unknown): asserts error is GatewayError {
  isTold(error);
  assert.ok(error.status >= 400 && error.status < 500, `${error.status} for what a caller sent`);
}

/** What a failure may be that comes of a provider's words. */
export function isProviders(error: unknown): asserts error is GatewayError {
  isTold(error);
  assert.equal(error.source, 'provider', error.message);
}

const FINISHES = [null, 'stop', 'length', 'tool_calls', 'content_filter', 'function_call'];

/** What every chunk is that leaves a dialect. */
export function isChunk(chunk: ChatChunk): void {
  assert.equal(chunk.object, 'chat.completion.chunk');
  assert.equal(typeof chunk.id, 'string');
  assert.ok(Number.isSafeInteger(chunk.created));
  assert.equal(typeof chunk.model, 'string');
  for (const { index, delta, finish_reason } of chunk.choices) {
    assert.ok(Number.isSafeInteger(index) && index >= 0, `a choice at ${index}`);
    assert.ok(FINISHES.includes(finish_reason), `the finish ${finish_reason}`);
    assert.equal(typeof delta, 'object');
    assert.ok(['string', 'undefined'].includes(typeof (delta.content ?? undefined)), 'content that is no text');
    for (const call of delta.tool_calls ?? []) {
      assert.ok(Number.isSafeInteger(call.index) && call.index >= 0, `a call at ${call.index}`);
      assert.ok(['string', 'undefined'].includes(typeof call.id), 'an id that is no text');
    }
  }
  assert.doesNotThrow(() => JSON.stringify(chunk));
}

/** What every whole answer is. */
export function isCompletion(completion: ChatCompletion): void {
  assert.equal(completion.object, 'chat.completion');
  assert.equal(typeof completion.id, 'string');
  for (const { index, message, finish_reason } of completion.choices) {
    assert.ok(Number.isSafeInteger(index) && index >= 0);
    assert.ok(FINISHES.includes(finish_reason) && finish_reason !== null);
    assert.ok(message.content === null || typeof message.content === 'string');
  }
  assert.doesNotThrow(() => JSON.stringify(completion));
}

/** What every error body is, as OpenAI's SDKs read it. */
export function isErrorBody(text: string): { readonly code: string } {
  const { error } = JSON.parse(text);
  assert.match(error.message, /\S/);
  assert.match(error.type, /^(invalid_request_error|rate_limit_error|insufficient_quota|server_error)$/);
  assert.match(error.code, /^[a-z_]+$/);
  assert.ok(error.param === null || typeof error.param === 'string');
  assert.notEqual(error.code, 'internal_error', error.message);
  return error;
}
