import type { ChatChunk, ChatCompletion } from '../openai/answer.ts';
import { unfolding } from '../openai/carried.ts';
import { isObject, type Json, type JsonObject } from '../openai/json.ts';
import { type Known, type Reading, read, type Written } from './written.ts';

/** What of a request is known by where it stands. Ids of calls are unfolded: thoughts may be carried in them. */
const OF_REQUEST: Known = {
  leftOut: ['model'],
  sealed: [
    'messages.tool_calls.id',
    'messages.tool_call_id',
    'messages.reasoning_details.data',
    'messages.reasoning_details.signature',
  ],
  media: {
    'messages.content.image_url': 'image',
    'messages.content.input_audio': 'audio',
    'messages.content.video_url': 'video',
    'messages.content.file': 'file',
    'messages.audio': 'audio',
  },
};

/** The same of what an answer says to a choice. */
const SAID: Known = {
  leftOut: [],
  sealed: [
    'tool_calls.id',
    'audio.id',
    ...['type', 'id', 'data', 'signature', 'format'].map((name) => `reasoning_details.${name}`),
  ],
  media: { 'images.image_url': 'image', 'content.image_url': 'image', audio: 'audio' },
};

/** And of the rest of it: which answer it is, from whom, and what it costs. */
const BESIDE: Known = {
  leftOut: ['choices', 'message', 'delta', 'finish_reason', 'usage'],
  sealed: ['id', 'object', 'model', 'service_tier', 'system_fingerprint'],
  media: {},
};

/** All that a request says, whoever says it: messages, results, tools, schemas, inputs of an embedding. */
export function requestReading(request: JsonObject): Reading {
  const { messages } = request;
  const said: JsonObject = Array.isArray(messages) ? { ...request, messages: messages.map(joined) } : request;
  const { written, unread } = read(said, '', OF_REQUEST);
  return { written: [...written, ...idsIn(messages)], unread };
}

/** Ids of calls, and the thoughts carried in those of a model's own: it is given them again as what it thought. */
function idsIn(messages: Json | undefined): readonly Written[] {
  const unfold = unfolding();
  return objectsIn(messages).flatMap(({ role, tool_calls: calls, tool_call_id: answered }, at) => {
    const ids = [...objectsIn(calls).map(({ id }) => id), answered].filter((id) => typeof id === 'string');
    return ids.flatMap((id): readonly Written[] => {
      if (role !== 'assistant') return [[`.messages.${at}.id`, id]];
      const { id: plain, thoughts } = unfold(id);
      return [plain, ...thoughts.map(({ text = '' }) => text)].map((text) => [`.messages.${at}.id`, text]);
    });
  });
}

const objectsIn = (list: Json | undefined): readonly JsonObject[] =>
  (Array.isArray(list) ? list : [list]).filter((each: Json | undefined) => isObject(each));

/** A message whose parts that are texts stand as one, too: a model reads on, so a word may be cut between them. */
function joined(message: Json): Json {
  if (!isObject(message) || !Array.isArray(message.content)) return message;
  const parts: readonly Json[] = message.content;
  const texts = parts.flatMap((part) => (isObject(part) && typeof part.text === 'string' ? [part.text] : []));
  return { ...message, content: [texts.join(''), ...parts] };
}

/** All that a whole answer says. */
export const answerReading = (completion: ChatCompletion): Reading => ofAnswer(completion, 'message');

/** All that a chunk says. What it says in one place goes on with what the chunks before it said there. */
export const chunkReading = (chunk: ChatChunk): Reading => ofAnswer(chunk, 'delta');

/** What is said to a choice begins with its index, and what is said beside them with a dot. */
function ofAnswer(answer: ChatCompletion | ChatChunk, said: 'message' | 'delta'): Reading {
  const readings = [
    read(asJson(answer), '', BESIDE),
    ...answer.choices.flatMap((choice) => {
      const place = String(choice.index);
      return [read(asJson(choice)[said], place, SAID), read(asJson(choice), place, BESIDE)];
    }),
  ];
  return {
    written: readings.flatMap(({ written }) => written),
    unread: [...new Set(readings.flatMap(({ unread }) => unread))],
  };
}

/** An answer is made of JSON. */
const asJson = (answer: object): { readonly [name: string]: Json | undefined } => ({ ...answer });
