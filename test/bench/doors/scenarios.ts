import type { Question } from './asking.ts';

/** Whoever answers, and how to ask it. */
export type Peer = {
  readonly name: 'direct' | 'reference' | 'bare' | 'governed' | 'cached';
  /** Its base URL. */
  readonly url: string;
  readonly key: string;
  /** Its process, where what that computes is its own alone. */
  readonly pid?: number;
};

export type Scenario = {
  readonly name: string;
  /** As the gateway knows it. */
  readonly model: string;
  readonly stream: boolean;
  /** Of the prompt. */
  readonly bytes: number;
  readonly peers: readonly Peer['name'][];
  /** How many times fewer rounds than of the others. */
  readonly slower?: number;
  /** How many calls a round makes of each peer. @default 1, so that a call has the machine to itself */
  readonly atOnce?: number;
};

const gateways = ['bare', 'governed'] as const;
const all = ['direct', 'reference', ...gateways] as const;
const translated = ['direct', ...gateways] as const;

export const scenarios: readonly Scenario[] = [
  { name: '1 KB', model: 'openai/bytes-1000', stream: false, bytes: 1_000, peers: all },
  { name: '200 KB', model: 'openai/bytes-200000', stream: false, bytes: 200_000, peers: all, slower: 2 },
  { name: '200 tokens', model: 'openai/words-200', stream: true, bytes: 1_000, peers: all },
  {
    name: '200 tokens, 10 ms apart',
    model: 'openai/words-200-ms-10',
    stream: true,
    bytes: 1_000,
    peers: all,
    slower: 60,
    atOnce: 8,
  },
  {
    name: '200 tokens of Anthropic',
    model: 'anthropic/words-200',
    stream: true,
    bytes: 1_000,
    peers: translated,
  },
  {
    name: '200 tokens of Gemini',
    model: 'gemini/words-200',
    stream: true,
    bytes: 1_000,
    peers: translated,
  },
  { name: '1 KB of Anthropic', model: 'anthropic/bytes-1000', stream: false, bytes: 1_000, peers: translated },
  { name: '1 KB of Gemini', model: 'gemini/bytes-1000', stream: false, bytes: 1_000, peers: translated },
  { name: '1 KB from the cache', model: 'openai/bytes-1001', stream: false, bytes: 1_000, peers: ['direct', 'cached'] },
];

const labels = { 'x-sluice-user': 'ann', 'x-sluice-feature': 'search' };

/** The question of a scenario to a peer; the provider itself is always asked in OpenAI's words, without a translation. */
export function questionFor({ model, stream, bytes }: Scenario, { name, url, key }: Peer): Question {
  const messages = [{ role: 'user', content: 'a word '.repeat(bytes / 7) }];
  const asked = name === 'direct' ? model.replace(/^\w+\//, '') : model;
  return {
    url: `${url}/chat/completions`,
    headers: { authorization: `Bearer ${key}`, ...(name === 'governed' && labels) },
    body: JSON.stringify({ model: asked, messages, stream, max_tokens: 4_000 }),
  };
}
