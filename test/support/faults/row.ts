import type { Timeouts } from '../../../lib/config/route.ts';
import type { Strike } from './strikes.ts';

/** Who is asked, and how it writes: all but OpenAI are always asked for a stream. */
export type Column = 'openai' | 'openai whole' | 'anthropic' | 'gemini' | 'bedrock';

/** One value for all, or the usual one and those of the columns that differ. */
export type By<Value extends string | number> =
  | Value
  | ({ readonly usual: Value } & { readonly [column in Column]?: Value });

/** How `x-sluice-attempts` tells a failure: a status, or a word. */
export type Told = number | 'reset' | 'timeout' | 'cut' | 'failed';

/** What is owed to a provider that failed: nothing, what it counted by itself, or no more than an upper bound. */
export type Owed = 'nothing' | 'usage' | 'bound';

/** One fault of a first target, and what is to become of it. */
export type Row = {
  /** Goes on from the provider's name: `says 503`. */
  readonly fault: string;
  readonly does: Strike;
  readonly told: By<Told>;
  readonly owed: By<Owed>;
  /** Where the fault can be; everywhere when it is left out. */
  readonly only?: readonly Column[];
  /** True where nobody is there to be asked. */
  readonly absent?: true;
  /** Of the route, for the first target. */
  readonly timeouts?: Timeouts;
  readonly headers?: Readonly<Record<string, string>>;
};

export const valueFor = <Value extends string | number>(by: By<Value>, column: Column): Value =>
  typeof by === 'object' ? (by[column] ?? by.usual) : by;

export const streams: readonly Column[] = ['openai', 'anthropic', 'gemini', 'bedrock'];
