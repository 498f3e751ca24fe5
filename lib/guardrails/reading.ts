import type { ChatChunk, ChatCompletion } from '../openai/answer.ts';
import { unfolding } from '../openai/carried.ts';
import { isObject, type Json, type JsonObject } from '../openai/json.ts';
import { type Reading, read, type Written } from './written.ts';

/** What of an answer is no text: which it is, from whom, and what it costs. */
const NO_TEXT = ['id', 'object', 'created', 'model', 'usage', 'service_tier', 'system_fingerprint', 'choices'];

/** All that a request says, whoever says it: messages, results, tools, schemas, inputs of an embedding. */
export function requestReading(request: JsonObject): Reading {
  const { messages } = request;
  const said: JsonObject = Array.isArray(messages) ? { ...request, messages: messages.map(joined) } : request;
  const { written, unread } = read(said, '', ['model']);
  return { written: [...written, ...carriedIn(messages)], unread };
}

/** Thoughts in the ids of calls: those who wrote them are given them again as what they thought. */
function carriedIn(messages: Json | undefined): readonly Written[] {
  const unfold = unfolding();
  return objectsIn(messages).flatMap(({ tool_calls: calls }, at) =>
    objectsIn(calls).flatMap(({ id }): readonly Written[] =>
      typeof id === 'string' ? unfold(id).thoughts.map(({ text = '' }) => [`.messages.${at}.tool_calls.id`, text]) : [],
    ),
  );
}

const objectsIn = (list: Json | undefined): readonly JsonObject[] =>
  Array.isArray(list) ? list.filter((each: Json) => isObject(each)) : [];

/** A message whose parts that are texts stand as one: a model reads on, so a word may be cut between them. */
function joined(message: Json): Json {
  if (!isObject(message) || !Array.isArray(message.content)) return message;
  const parts: readonly Json[] = message.content;
  const texts = parts.flatMap((part) => (isObject(part) && typeof part.text === 'string' ? [part.text] : []));
  const others = parts.map((part) => (isObject(part) && typeof part.text === 'string' ? { ...part, text: '' } : part));
  return { ...message, content: [texts.join(''), ...others] };
}

/** All that a whole answer says. */
export const answerReading = (completion: ChatCompletion): Reading => ofAnswer(completion, 'message');

/** All that a chunk says. What it says in one place goes on with what the chunks before it said there. */
export const chunkReading = (chunk: ChatChunk): Reading => ofAnswer(chunk, 'delta');

/** What is said to a choice begins with its index, and what is said beside them with a dot. */
function ofAnswer(answer: ChatCompletion | ChatChunk, said: 'message' | 'delta'): Reading {
  const readings = [
    read(asJson(answer), '', NO_TEXT),
    ...answer.choices.flatMap((choice) => {
      const place = String(choice.index);
      return [read(asJson(choice)[said], place), read(asJson(choice), place, [said, 'index', 'finish_reason'])];
    }),
  ];
  return {
    written: readings.flatMap(({ written }) => written),
    unread: [...new Set(readings.flatMap(({ unread }) => unread))],
  };
}

/** An answer is made of JSON. */
const asJson = (answer: object): { readonly [name: string]: Json | undefined } => ({ ...answer });
