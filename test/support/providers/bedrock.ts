import { eventFrame as frame } from '../event-stream.ts';
import { checkClaude, thoughtsOf, writerOf } from './claude.ts';
import { demand, halves, idIn, json, type Opened, type Script, text, type Wire, wire, wires } from './script.ts';
import { chapter, countsOf, identified, resultOf, type Said, type Thought } from './story.ts';

/** Bedrock's ConverseStream, in frames of the AWS event stream. The bytes are synthetic, the shapes those of recordings. */
export const bedrock: Script = {
  serves: (path) => path.startsWith('/bedrock/'),
  open: ({ path, body }): Opened => {
    const model = /^\/bedrock\/model\/([^/]+)\/converse-stream$/.exec(path)?.[1] ?? '';
    const messages = wires(body.messages);
    const said = messages.filter(({ role }) => role === 'assistant').map(({ content }) => wires(content));
    return {
      writer: writerOf(decodeURIComponent(model)),
      prompt: text(wires(messages[0]?.content)[0]?.text),
      messages,
      ids: said.map((blocks) =>
        blocks.filter(({ toolUse }) => toolUse !== undefined).map(({ toolUse }) => idIn(wire(toolUse).toolUseId)),
      ),
    };
  },
  expected: (prompt, history) => [
    { role: 'user', content: [{ text: prompt }] },
    ...history.flatMap((said) => [
      { role: 'assistant', content: toBlocks(said) },
      { role: 'user', content: said.calls.map((call) => toResult(call.id, resultOf(call))) },
    ]),
  ],
  check: ({ headers, body }, history, writer) => {
    demand(
      /^AWS4-HMAC-SHA256 Credential=AKIDSCRIPTED\/\d{8}\/eu-west-3\/bedrock\//.test(`${headers.authorization}`),
      'The security token included in the request is invalid.',
    );
    const specs = wires(wire(body.toolConfig).tools).map(({ toolSpec }) => wire(toolSpec));
    demand(
      specs.length === 2,
      'The toolConfig field must be defined when using toolUse and toolResult content blocks.',
    );
    demand(
      specs.every(({ inputSchema }) => wire(wire(inputSchema).json).type === 'object'),
      'toolConfig.tools.0.toolSpec.inputSchema.json.type must be one of the following: object.',
    );
    const own = wire(body.additionalModelRequestFields);
    checkClaude({ ...own, limit: wire(body.inferenceConfig).maxTokens }, history, writer);
  },
  say: (turn, fresh, writer, { body }) => ({
    writer,
    thoughts: thoughtsOf(turn, `${writer} ${fresh}`, wire(body.additionalModelRequestFields)),
    text: chapter(turn).text,
    calls: identified(turn, (_, at) => `tooluse_Scripted${fresh}${at}`),
  }),
  answer: (said, turn) => ({
    status: 200,
    headers: { 'content-type': 'application/vnd.amazon.eventstream' },
    pieces: toFrames(said, turn),
  }),
  refuse: (message) =>
    json(400, { message }, { 'x-amzn-errortype': 'ValidationException:http://internal.amazon.com/' }),
};

const toBlocks = ({ thoughts, text: words, calls }: Said): readonly Wire[] => [
  ...thoughts.map((thought) => ({ reasoningContent: toReasoning(thought) })),
  ...(words === '' ? [] : [{ text: words }]),
  ...calls.map(({ id, name, args }) => ({ toolUse: { toolUseId: id, name, input: args } })),
];

/** What Claude's own API gives as a text is bytes here, which JSON carries in base64. */
const toReasoning = ({ text: words, signature, redacted }: Thought): Wire =>
  redacted === undefined
    ? { reasoningText: { text: words, signature } }
    : { redactedContent: Buffer.from(redacted).toString('base64') };

const toResult = (toolUseId: string | undefined, result: string): Wire => ({
  toolResult: { toolUseId, content: [result.startsWith('{') ? { json: JSON.parse(result) } : { text: result }] },
});

function toFrames(said: Said, turn: number): readonly Uint8Array[] {
  const { input, cached, output } = countsOf(turn);
  return [
    frame('messageStart', { role: 'assistant' }),
    ...toBlocks(said).flatMap((block, contentBlockIndex) => [
      ...opening(block).map((start) => frame('contentBlockStart', { contentBlockIndex, start })),
      ...deltas(block).map((delta) => frame('contentBlockDelta', { contentBlockIndex, delta })),
      frame('contentBlockStop', { contentBlockIndex }),
    ]),
    frame('messageStop', { stopReason: said.calls.length > 0 ? 'tool_use' : 'end_turn' }),
    frame('metadata', {
      usage: {
        inputTokens: input - cached,
        cacheReadInputTokens: cached,
        cacheWriteInputTokens: 0,
        outputTokens: output,
        totalTokens: input + output,
      },
      metrics: { latencyMs: 9 },
    }),
  ];
}

/** Only calls are announced. */
function opening({ toolUse }: Wire): readonly Wire[] {
  const { input: _, ...call } = wire(toolUse);
  return toolUse === undefined ? [] : [{ toolUse: call }];
}

function deltas({ text: words, toolUse, reasoningContent }: Wire): readonly Wire[] {
  if (words !== undefined) return halves(text(words)).map((half) => ({ text: half }));
  if (toolUse !== undefined) {
    const input = JSON.stringify(wire(toolUse).input);
    return input === '{}' ? [] : halves(input).map((half) => ({ toolUse: { input: half } })); // no arguments, no delta
  }
  const { reasoningText, redactedContent } = wire(reasoningContent);
  if (redactedContent !== undefined) return [{ reasoningContent: { redactedContent } }];
  const { text: thought, signature } = wire(reasoningText);
  return [...halves(text(thought)).map((half) => ({ text: half })), { signature }].map((piece) => ({
    reasoningContent: piece,
  }));
}
