import type { ChunkChoice, FinishReason } from '../../openai/answer.ts';
import type { Json, JsonObject } from '../../openai/json.ts';
import { type Thought, toDetails } from '../../openai/thoughts.ts';
import { openCalls } from './calls.ts';
import { objectIn, objectsIn, textIn } from './fields.ts';
import { callable, nativeFinish, toFinish } from './finish.ts';
import { toLogprobs } from './logprobs.ts';

/** Where a candidate's answer came from, which its reader has a right to know; passed on under Gemini's own names. */
const SOURCES = ['groundingMetadata', 'citationMetadata', 'urlContextMetadata'] as const;

export type Candidate = ReturnType<typeof openCandidate>;

/**
 * One answer of several, as it grows. Its finish is held until the stream ends, for parts may come after it, and so are
 * its calls: only then is it known whether they are calls at all. They arrive at the end, so nobody waits for them.
 */
export function openCandidate(index: number, writer: string, newId: (call: number) => string) {
  const calls = openCalls(writer, newId);
  const signed: Thought[] = [];
  const images: Json[] = [];
  let begun = false;
  let reason: string | undefined;

  const toChoice = (delta: ChunkChoice['delta'], finish: FinishReason | null, more: object = {}): ChunkChoice => {
    const first = !begun;
    begun = true;
    return { index, delta: first ? { role: 'assistant', ...delta } : delta, finish_reason: finish, ...more };
  };

  return {
    /** What a piece of the answer adds to it; undefined when that is nothing to be seen. */
    see(candidate: JsonObject): ChunkChoice | undefined {
      const { content, reasoning, thoughts, shown } = heard(candidate, calls, writer);
      const details = toDetails(thoughts, signed.length);
      signed.push(...thoughts);
      images.push(...shown);
      reason ??= wordOf(candidate.finishReason);
      const logprobs = toLogprobs(candidate.logprobsResult);
      const delta = {
        ...(content !== '' && { content }),
        ...(reasoning !== '' && { reasoning_content: reasoning }),
        ...(details.length > 0 && { reasoning_details: details }),
      };
      const more = { ...(logprobs && { logprobs }), ...sources(candidate) };
      return Object.keys(delta).length > 0 || Object.keys(more).length > 0 ? toChoice(delta, null, more) : undefined;
    },

    /** Its end, once nothing more can come; a blocked prompt ends what has no reason of its own, and what was cut has no end. */
    end(blocked: string | undefined): ChunkChoice | undefined {
      if (reason === undefined)
        return blocked === undefined ? undefined : toChoice({}, 'content_filter', { native_finish_reason: blocked });
      const made = callable(reason) ? calls.all(signed) : [];
      const delta = { ...(made.length > 0 && { tool_calls: made }), ...(images.length > 0 && { images }) };
      return toChoice(delta, toFinish(reason, made.length), nativeFinish(reason));
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
