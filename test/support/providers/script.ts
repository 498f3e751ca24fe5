import type { Asked } from '../upstream.ts';
import type { Said } from './story.ts';

/** What a request says of its conversation before anything in it is believed. */
export type Opened = {
  /** The model that is asked, by the name its thoughts are signed with. */
  readonly writer: string;
  readonly prompt: string;
  readonly messages: readonly unknown[];
  /** The ids of the calls in each message of the assistant. */
  readonly ids: readonly (readonly (string | undefined)[])[];
};

export type Reply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly pieces: readonly (string | Uint8Array)[];
};

/** How one provider behaves: it takes nothing the real one would refuse, and answers in the real one's words. */
export type Script = {
  /** Whether requests to this path are its own. */
  readonly serves: (path: string) => boolean;
  readonly open: (asked: Asked) => Opened;
  /** The whole conversation, exactly as it must have come. A thought in the history is one that must be there. */
  readonly expected: (prompt: string, history: readonly Said[], writer: string) => readonly unknown[];
  /** Refuses whatever else is wrong with a request. */
  readonly check: (asked: Asked, history: readonly Said[], writer: string) => void;
  /** What the model says at a turn; `fresh` was never given before. */
  readonly say: (turn: number, fresh: string, writer: string, asked: Asked) => Said;
  readonly answer: (said: Said, turn: number, asked: Asked) => Reply;
  readonly refuse: (message: string) => Reply;
};

/** A request the real provider would answer with 400. */
export class Refused extends Error {}

export function demand(holds: boolean, message: string): asserts holds {
  if (!holds) throw new Refused(message);
}

export type Wire = { readonly [name: string]: unknown };

export const wire = (value: unknown): Wire =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};

export const wires = (value: unknown): readonly Wire[] => (Array.isArray(value) ? value.map(wire) : []);

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const idIn = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** What a provider asked in time must see in its header. */
export const providerKey = 'scripted-provider-key';

export const json = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Reply => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  pieces: [JSON.stringify(body)],
});

export const eventStream = (pieces: readonly string[]): Reply => ({
  status: 200,
  headers: { 'content-type': 'text/event-stream' },
  pieces,
});

/** A text in two pieces, as a model's tokens come. */
export const halves = (whole: string): readonly string[] => {
  const middle = Math.ceil(whole.length / 2);
  return [whole.slice(0, middle), whole.slice(middle)].filter((half) => half !== '');
};
