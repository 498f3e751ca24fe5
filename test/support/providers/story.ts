import { createHash } from 'node:crypto';

/** A call of a tool as a model asks for it; without an id where its provider gives calls none. */
export type Call = { readonly id?: string; readonly name: string; readonly args: Readonly<Record<string, string>> };

/** A block of reasoning as its writer must see it again. */
export type Thought = { readonly text?: string; readonly signature?: string; readonly redacted?: string };

/** One turn of a model, in words that belong to no provider. */
export type Said = {
  /** Who alone can read the thoughts: a model, in whatever cloud. */
  readonly writer: string;
  /** Only those that must come back. */
  readonly thoughts: readonly Thought[];
  readonly text: string;
  readonly calls: readonly Call[];
};

/** What every scripted model does: two tools at once, one of them without arguments; one tool twice; an answer. */
export const story = [
  {
    thought: 'Two things to look up first.',
    text: 'Let me see.',
    calls: [
      { name: 'weather', args: { city: 'Paris' } },
      { name: 'clock', args: {} },
    ],
  },
  {
    thought: 'The same for two other cities.',
    text: '',
    calls: [
      { name: 'weather', args: { city: 'Oslo' } },
      { name: 'weather', args: { city: 'Rome' } },
    ],
  },
  { thought: 'I know enough.', text: 'Paris at noon, then Rome; never Oslo.', calls: [] },
] as const satisfies readonly { thought: string; text: string; calls: readonly Call[] }[];

/** A turn of the story; past its end, the model answers again. */
export const chapter = (turn: number) => story[Math.min(turn, story.length - 1)] ?? story[2];

/** What a tool gives back, as the text of its result: an object or a plain word. */
export const resultOf = ({ name, args }: Call): string =>
  name === 'clock' ? 'noon' : JSON.stringify({ city: args.city, sky: 'clear' });

/** Tokens of a turn: the input with what came from a cache, the output with its reasoning. */
export const countsOf = (turn: number) => ({
  input: 100 * (turn + 1),
  cached: 7,
  output: 30 + turn,
  reasoning: 10 + turn,
});

/** Bytes that look like a provider's seal, and are nobody's: synthetic. */
export const seal = (of: string): string => createHash('sha512').update(of).digest('base64');

/** The calls of a turn with ids that nobody has had before. */
export const identified = (turn: number, idOf: (name: string, at: number) => string): readonly Call[] =>
  chapter(turn).calls.map((call, at) => ({ ...call, id: idOf(call.name, at) }));
