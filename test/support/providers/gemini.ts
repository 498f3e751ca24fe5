import {
  demand,
  eventStream,
  idIn,
  json,
  type Opened,
  providerKey,
  Refused,
  type Script,
  text,
  type Wire,
  wire,
  wires,
} from './script.ts';
import { type Call, chapter, countsOf, identified, resultOf, type Said, seal } from './story.ts';

/** Google's word for a call nobody signed. https://ai.google.dev/gemini-api/docs/thought-signatures */
const UNSIGNED = 'skip_thought_signature_validator';
/** A model that gives its calls ids, and must find them on calls and results alike. https://ai.google.dev/api/caching#FunctionCall */
const IDENTIFIES = 'gemini-3.7-flash';

type Place = {
  readonly prefix: string;
  readonly authorized: (headers: Readonly<Record<string, unknown>>) => boolean;
  /** Vertex AI leaves out what is empty, and counts nothing in its first chunk. */
  readonly terse: boolean;
};

/** The Gemini API. The bytes are synthetic, the shapes those of recordings. */
export const gemini = contentScript({
  prefix: '/gemini/v1beta/models/',
  authorized: (headers) => headers['x-goog-api-key'] === providerKey,
  terse: false,
});

/** Gemini on Vertex AI. */
export const vertexGemini = contentScript({
  prefix: '/vertex/v1/projects/trips/locations/europe-west1/publishers/google/models/',
  authorized: ({ authorization }) => authorization === `Bearer ${providerKey}`,
  terse: true,
});

function contentScript({ prefix, authorized, terse }: Place): Script {
  return {
    serves: (path) => path.startsWith(prefix),
    open: ({ path, body }): Opened => {
      const messages = wires(body.contents);
      const said = messages.filter(({ role }) => role === 'model').map(({ parts }) => wires(parts));
      return {
        writer: path.slice(prefix.length).replace(/:.*$/, ''),
        prompt: text(wires(messages[0]?.parts)[0]?.text),
        messages,
        ids: said.map((parts) =>
          parts
            .filter(({ functionCall }) => functionCall !== undefined)
            .map(({ functionCall }) => idIn(wire(functionCall).id)),
        ),
      };
    },
    expected: (prompt, history, writer) => [
      { role: 'user', parts: [{ text: prompt }] },
      ...history.flatMap((said) => [
        { role: 'model', parts: toParts(said, writer) },
        {
          role: 'user',
          parts: said.calls.map((call) => ({
            functionResponse: { ...idOf(call, said, writer), name: call.name, response: toResponse(resultOf(call)) },
          })),
        },
      ]),
    ],
    check: ({ path, headers, body }, _, writer) => {
      demand(authorized(headers), 'API key not valid. Please pass a valid API key.');
      demand(path.endsWith(':streamGenerateContent?alt=sse'), 'The stream must be asked for as server-sent events.');
      const declared = wires(wires(body.tools)[0]?.functionDeclarations).map(({ name }) => name);
      demand(`${declared}` === 'weather,clock', `tools[0].function_declarations: ${declared}`);
      const thinking = wire(wire(body.generationConfig).thinkingConfig);
      demand(thinking.includeThoughts === true, 'generation_config.thinking_config: reasoning was asked for');
      const level = mustSign(writer) ? thinking.thinkingLevel === 'LOW' : thinking.thinkingBudget === 1024;
      demand(level, `generation_config.thinking_config: ${JSON.stringify(thinking)}`);
    },
    say: (turn, fresh, writer) => {
      const calls = writer === IDENTIFIES ? identified(turn, (_, at) => `fc${fresh}${at}`) : chapter(turn).calls;
      return { writer, thoughts: [{ signature: seal(`${writer} ${fresh}`) }], text: chapter(turn).text, calls };
    },
    answer: (said, turn) =>
      eventStream(toChunks(said, turn, terse).map((chunk) => `data: ${JSON.stringify(chunk)}\r\n\r\n`)),
    refuse: (message) => json(400, [{ error: { code: 400, message, status: 'INVALID_ARGUMENT' } }]),
  };
}

const mustSign = (writer: string): boolean => {
  const [, generation] = /^gemini-(\d)/.exec(writer) ?? [];
  if (generation === undefined) throw new Refused(`${writer} is not found for API version v1beta.`);
  return Number(generation) >= 3;
};

/** What the model said, with its signature on the first of the calls, and on that alone. */
function toParts(said: Said, writer: string): readonly Wire[] {
  const { text: words, calls, thoughts } = said;
  const thoughtSignature = thoughts[0]?.signature ?? (mustSign(writer) ? UNSIGNED : undefined);
  return [
    ...(words === '' ? [] : [{ text: words }]),
    ...calls.map((call, at) => ({
      functionCall: { ...idOf(call, said, writer), name: call.name, args: call.args },
      ...(at === 0 && thoughtSignature !== undefined && { thoughtSignature }),
    })),
  ];
}

const idOf = ({ id }: Call, said: Said, writer: string) =>
  writer === IDENTIFIES && said.writer === writer ? { id } : {};

/** A result must be an object here. */
const toResponse = (result: string): Wire => (result.startsWith('{') ? JSON.parse(result) : { result });

/** A chunk for each part, each call in its own, and the finish with nothing to say. */
function toChunks(said: Said, turn: number, terse: boolean): readonly Wire[] {
  const { input, cached, output, reasoning } = countsOf(turn);
  const usageMetadata = {
    promptTokenCount: input,
    cachedContentTokenCount: cached,
    candidatesTokenCount: output - reasoning,
    thoughtsTokenCount: reasoning,
    totalTokenCount: input + output,
  };
  const parts = [
    { text: chapter(turn).thought, thought: true },
    ...toParts(said, said.writer).map((part) => (terse ? withoutEmptyArgs(part) : part)),
    { text: '', ...(said.calls.length === 0 && { thoughtSignature: said.thoughts[0]?.signature }) },
  ];
  return parts.map((part, at) => ({
    candidates: [
      {
        content: { parts: [part], role: 'model' },
        index: 0,
        ...(at === parts.length - 1 && { finishReason: 'STOP' }),
      },
    ],
    usageMetadata: terse && at === 0 ? { trafficType: 'ON_DEMAND' } : usageMetadata,
    modelVersion: said.writer,
    responseId: `scripted-${turn}`,
  }));
}

function withoutEmptyArgs(part: Wire): Wire {
  const { args, ...call } = wire(part.functionCall);
  return args === undefined || Object.keys(wire(args)).length > 0 ? part : { ...part, functionCall: call };
}
