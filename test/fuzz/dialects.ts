import { inspect } from 'node:util';
import { type Config, usualLedger } from '../../lib/config/config.ts';
import { findProvider } from '../../lib/providers/index.ts';
import type { Target } from '../../lib/providers/provider.ts';
import { price } from '../support/labs.ts';
import { anthropic } from '../support/providers/anthropic.ts';
import { azure } from '../support/providers/azure.ts';
import { bedrock } from '../support/providers/bedrock.ts';
import { cohere } from '../support/providers/cohere.ts';
import { gemini } from '../support/providers/gemini.ts';
import { lab } from '../support/providers/lab.ts';
import type { Script } from '../support/providers/script.ts';
import type { Asked } from '../support/upstream.ts';
import { eventsIn, linesIn } from './events.ts';

/** A dialect under fire: a target that speaks it, and what an honest provider answers in it. */
export type Tongue = {
  readonly target: Target;
  /** Whether its events are lines of JSON instead of server-sent events. */
  readonly lines: boolean;
  /** Honest streams, each a list of events. */
  readonly streams: readonly (readonly unknown[])[];
  /** Honest unstreamed answers. */
  readonly wholes: readonly unknown[];
};

const at = { baseUrl: 'https://lab.example', credential: 'env:LAB_KEY' };

/** Every provider there is, at addresses where nobody is. */
export const everyone: Config = {
  providers: {
    ...{ openai: at, anthropic: at, gemini: at, azure: at, cohere: at, groq: at, mistral: at, openrouter: at },
    vertex: { ...at, project: 'p', region: 'europe-west1' },
    bedrock: { region: 'eu-west-3', credential: 'env:LAB_KEY' },
    lab: { ...at, kind: 'openai-compatible' },
  },
  prices: { '*': price },
  models: {},
  ledger: usualLedger,
};

const claude = 'claude-sonnet-4-5';
const bedrockClaude = 'eu.anthropic.claude-sonnet-4-5-20250929-v1:0';

/** The tongues, by the models that speak them. */
export const tongues: readonly Tongue[] = [
  tongue('openai/gpt-4o', azure),
  tongue('azure/gpt-4o', azure),
  tongue('groq/llama-3.3-70b-versatile', lab),
  tongue('mistral/mistral-large-latest', lab),
  tongue('openrouter/x/y', lab),
  tongue('lab/m', lab),
  tongue(`anthropic/${claude}`, anthropic),
  tongue('anthropic/claude-opus-4-8', anthropic),
  tongue(`vertex/${claude}`, anthropic),
  tongue('gemini/gemini-2.5-flash', gemini),
  tongue('gemini/gemini-3.7-flash', gemini),
  tongue('vertex/gemini-2.5-flash', gemini),
  tongue(`bedrock/${bedrockClaude}`, bedrock),
  tongue('bedrock/amazon.nova-lite-v1:0', bedrock),
  tongue('cohere/command-a-03-2025', cohere),
];

function tongue(name: string, script: Script): Tongue {
  const target = targetOf(name);
  const lines = script === bedrock;
  const turns = [0, 1, 2].map((turn) => {
    const body = { stream: true, thinking: { type: 'enabled', budget_tokens: 1024 } };
    const asked: Asked = { path: '', headers: {}, body };
    const said = script.say(turn, '000001', name.includes('laude') ? claude : target.model, asked);
    return (stream: boolean) => script.answer(said, turn, { ...asked, body: { ...body, stream } }).pieces;
  });
  const streams = turns.map((answer) => (lines ? linesIn(answer(true)) : eventsIn(answer(true).join(''))));
  const whole = target.provider.chat(target.model).fromWhole;
  const wholes = whole === undefined ? [] : turns.map((answer) => JSON.parse(answer(false).join('')));
  return { target, lines, streams, wholes, ...{ [inspect.custom]: () => name } };
}

/** A target by its name. */
export function targetOf(name: string): Target {
  const [first = '', ...rest] = name.split('/');
  const provider = findProvider(first, everyone);
  if (provider === undefined) throw new Error(`Nobody is called ${first}.`);
  return { name, provider, model: rest.join('/'), price, ...{ mostOutputTokens: 4_096, contextWindow: 128_000 } };
}
