import { idIn, type Opened, text, type Wire, wire, wires } from './script.ts';
import { type Call, resultOf, type Said } from './story.ts';

/** A conversation whose results are messages of their own, as OpenAI and Cohere have it. Its writer is the model that is asked. */
export function openToolMessages(model: string, body: Wire): Opened {
  const messages = wires(body.messages);
  const said = messages.filter(({ role }) => role === 'assistant');
  return {
    writer: model,
    prompt: text(messages[0]?.content),
    messages: messages.map(withoutNothing),
    ids: said.map(({ tool_calls }) => wires(tool_calls).map(({ id }) => idIn(id))),
  };
}

/** An assistant that says nothing says so in several ways, all of them taken. */
function withoutNothing(message: Wire): Wire {
  const { content, ...rest } = message;
  return message.role === 'assistant' && !content ? rest : message;
}

/** Such a conversation as it must be: each result after the calls, in their order, by the id of its call. */
export const toolMessages = (prompt: string, history: readonly Said[]): readonly Wire[] => [
  { role: 'user', content: prompt },
  ...history.flatMap(({ text: content, calls }) => [
    { role: 'assistant', ...(content !== '' && { content }), tool_calls: calls.map(toToolCall) },
    ...calls.map((call) => ({ role: 'tool', tool_call_id: call.id, content: resultOf(call) })),
  ]),
];

export const toToolCall = ({ id, name, args }: Call): Wire => ({
  id,
  type: 'function',
  function: { name, arguments: JSON.stringify(args) },
});

/** The names of the functions that are offered. */
export const offeredIn = (body: Wire): string => `${wires(body.tools).map((tool) => wire(tool.function).name)}`;
