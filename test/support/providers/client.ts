import type OpenAI from 'openai';
import { resultOf } from './story.ts';

export type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;

/** What a client asks of the SDK's tool loop. */
export type Task = {
  readonly model: string;
  readonly messages: readonly Message[];
  readonly stream: boolean;
  /** How many turns the model may take. */
  readonly turns?: number;
};

/** A tool and the arguments it ran with. */
export type Ran = { readonly name: string; readonly args: unknown };

/** Runs tools as an application does, with the SDK as it comes: it sends back nothing but OpenAI's own fields. */
export async function runTools(openai: OpenAI, { model, messages, stream, turns = 10 }: Task) {
  const ran: Ran[] = [];
  const thoughts: string[] = [];
  const params = { model, messages: [...messages], tools: tools(ran), reasoning_effort: 'low' as const };
  const options = { maxChatCompletions: turns };
  const runner = stream
    ? openai.chat.completions.runTools({ ...params, stream, stream_options: { include_usage: true } }, options)
    : openai.chat.completions.runTools(params, options);
  if ('currentChatCompletionSnapshot' in runner)
    runner.on('chunk', ({ choices }) => void thoughts.push(thoughtOf(choices[0]?.delta)));
  else runner.on('chatCompletion', ({ choices }) => void thoughts.push(thoughtOf(choices[0]?.message)));
  await runner.done();
  return {
    ran,
    thoughts: thoughts.join(''),
    completions: runner.allChatCompletions(),
    messages: runner.messages,
    final: runner.messages.at(-1)?.content,
  };
}

/** What clients that know of thoughts find beside the words. */
function thoughtOf(said: object | undefined): string {
  return said !== undefined && 'reasoning_content' in said ? `${said.reasoning_content ?? ''}` : '';
}

/** The tools of the story: one has an argument, the other none. */
export function tools(ran: Ran[]) {
  const tool = (name: string, properties: Record<string, object>) => ({
    type: 'function' as const,
    function: {
      name,
      description: `Tells the ${name}.`,
      parameters: { type: 'object', properties, required: Object.keys(properties) },
      parse: (json: string): Record<string, string> => JSON.parse(json),
      function: (args: Record<string, string>): string => {
        ran.push({ name, args });
        return resultOf({ name, args });
      },
    },
  });
  return [tool('weather', { city: { type: 'string' } }), tool('clock', {})];
}
