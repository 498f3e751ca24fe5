import type { ChunkChoice, FinishReason } from '../../openai/answer.ts';
import type { Json, JsonObject } from '../../openai/json.ts';
import { type Thought, toDetails } from '../../openai/thoughts.ts';
import { openCalls } from './calls.ts';
import { objectIn, objectsIn, textIn } from './fields.ts';
import { nativeFinish, toFinish, undeclared } from './finish.ts';
import { toLogprobs } from './logprobs.ts';

/** Where a candidate's answer came from, which its reader has a right to know; passed on under Gemini's own names. */
const SOURCES = ['groundingMetadata', 'citationMetadata', 'urlContextMetadata'] as const;

export type Candidate = ReturnType<typeof openCandidate>;

/**
 * One answer of several, as it grows. Its calls are held until it ends: only then is it known whether they are calls at
 * all. They arrive whole at the end of an answer, so nobody waits for them.
 */
export function openCandidate(index: number, writer: string, newId: (call: number) => string) {
  const calls = openCalls(writer, newId);
  const signed: Thought[] = [];
  const images: Json[] = [];
  let begun = false;
  let finished = false;

  const toChoice = (delta: ChunkChoice['delta'], finish: FinishReason | null, more: object = {}): ChunkChoice => {
    const first = !begun;
    begun = true;
    return { index, delta: first ? { role: 'assistant', ...delta } : delta, finish_reason: finish, ...more };
  };

  return {
    finished: () => finished,

    /** What a piece of the answer adds to it; undefined when that is nothing to be seen. */
    see(candidate: JsonObject): ChunkChoice | undefined {
      const { content, reasoning, thoughts, shown } = heard(candidate, calls, writer);
      const details = toDetails(thoughts, signed.length);
      signed.push(...thoughts);
      images.push(...shown);
      const reason = finished ? undefined : wordOf(candidate.finishReason);
      const made = reason === undefined || undeclared(reason) ? [] : calls.all(signed);
      const logprobs = toLogprobs(candidate.logprobsResult);
      const delta = {
        ...(content !== '' && { content }),
        ...(reasoning !== '' && { reasoning_content: reasoning }),
        ...(details.length > 0 && { reasoning_details: details }),
        ...(made.length > 0 && { tool_calls: made }),
        ...(reason !== undefined && images.length > 0 && { images }),
      };
      finished ||= reason !== undefined;
      const more = { ...(logprobs && { logprobs }), ...sources(candidate), ...(reason && nativeFinish(reason)) };
      if (reason !== undefined) return toChoice(delta, toFinish(reason, made.length), more);
      return Object.keys(delta).length > 0 || Object.keys(more).length > 0 ? toChoice(delta, null, more) : undefined;
    },

    /** The end of an answer to a prompt that was blocked. */
    block(reason: string): ChunkChoice {
      finished = true;
      return toChoice({}, 'content_filter', { native_finish_reason: reason });
    },
  };
}

/**
 * What a candidate's parts say: text, thoughts, calls, images, and signatures, which may stand on an empty text. The
 * signature of a text that is no thought is kept as one of a thought nobody can read: with an empty text.
 */
function heard(candidate: JsonObject, calls: ReturnType<typeof openCalls>, writer: string) {
  let content = '';
  let reasoning = '';
  const thoughts: Thought[] = [];
  const shown: Json[] = [];
  for (const part of objectsIn(objectIn(candidate.content).parts)) {
    if (part.functionCall !== undefined) {
      calls.see(part);
      continue;
    }
    const { mimeType, data } = objectIn(part.inlineData);
    if (textIn(data) !== undefined)
      shown.push({ type: 'image_url', image_url: { url: `data:${mimeType};base64,${data}` } });
    const text = textIn(part.text) ?? '';
    const signature = textIn(part.thoughtSignature);
    if (part.thought === true) reasoning += text;
    else content += text;
    if (signature !== undefined) thoughts.push({ writer, text: part.thought === true ? text : '', signature });
  }
  return { content, reasoning, thoughts, shown };
}

function sources(candidate: JsonObject): Record<string, Json> {
  const found: Record<string, Json> = {};
  for (const name of SOURCES) {
    const source = objectIn(candidate[name]);
    if (Object.keys(source).length > 0) found[name] = source;
  }
  return found;
}

/** A finish reason. Enumerations are words unless a caller asks for numbers, which we never do. */
const wordOf = (reason: Json | undefined): string | undefined =>
  typeof reason === 'number' ? String(reason) : textIn(reason);
