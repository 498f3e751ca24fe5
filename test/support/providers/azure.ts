import { toChunks, toCompletion } from './openai.ts';
import { demand, eventStream, json, providerKey, type Script, wire, wires } from './script.ts';
import { chapter, identified } from './story.ts';
import { offeredIn, openToolMessages, toolMessages } from './tool-messages.ts';

const PATH = /^\/azure\/openai\/deployments\/([^/]+)\/chat\/completions\?api-version=[\w-]+$/;

const unsafe = { hate: { filtered: false, severity: 'safe' } };
/** What comes before the first word: a chunk about the prompt alone. */
const filtered = {
  choices: [],
  created: 0,
  id: '',
  model: '',
  object: '',
  prompt_filter_results: [{ prompt_index: 0, content_filter_results: unsafe }],
};

/** A deployment of a reasoning model at Azure OpenAI: its thoughts are hidden and its fields are known. Synthetic bytes. */
export const azure: Script = {
  serves: (path) => path.startsWith('/azure/'),
  open: ({ path, body }) => openToolMessages(PATH.exec(path)?.[1] ?? '', body),
  expected: toolMessages,
  check: ({ path, headers, body }, history) => {
    demand(PATH.test(path), 'Resource not found');
    demand(headers['api-key'] === providerKey, 'Access denied due to invalid subscription key.');
    demand(body.reasoning_effort === 'low', 'reasoning_effort: reasoning was asked for');
    demand(offeredIn(body) === 'weather,clock', `tools: ${offeredIn(body)}`);
    demand(
      body.stream !== true || wire(body.stream_options).include_usage === true,
      'stream_options: usage must be asked for',
    );
    const ids = history.flatMap(({ calls }) => calls.map(({ id = '' }) => id));
    demand(
      ids.every((id) => id.length <= 40),
      "Invalid 'messages[1].tool_calls[0].id': string too long.",
    );
  },
  say: (turn, fresh, writer) => {
    const calls = identified(turn, (_, at) => `call_Scripted${fresh}${at}`);
    return { writer, thoughts: [], text: chapter(turn).text, calls };
  },
  answer: (said, turn, { body }) => {
    const manner = { model: said.writer, open: false, noArguments: '{}' };
    if (body.stream !== true) return json(200, toCompletion(said, turn, manner));
    const chunks = toChunks(said, turn, manner).map((chunk) => ({
      ...chunk,
      choices: wires(chunk.choices).map((choice) => ({ ...choice, content_filter_results: {} })),
      obfuscation: 'gA2b',
    }));
    return eventStream([
      ...[filtered, ...chunks].map((chunk) => `data: ${JSON.stringify(chunk)}\n\n`),
      'data: [DONE]\n\n',
    ]);
  },
  refuse: (message) => json(400, { error: { code: 'invalid_request', message } }),
};
