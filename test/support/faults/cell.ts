import { anthropic } from './anthropic.ts';
import { bedrock } from './bedrock.ts';
import { gemini } from './gemini.ts';
import { openaiStream, openaiWhole } from './openai.ts';
import { type Column, type Owed, type Row, type Told, valueFor } from './row.ts';
import type { Writing } from './writing.ts';

/** A fault of one provider, as it meets one kind of caller. */
export type Cell = {
  /** Names the route, and the model of both its targets. */
  readonly id: string;
  /** The first target's. */
  readonly provider: string;
  readonly writing: Writing;
  /** Whether the caller asks for a stream. */
  readonly stream: boolean;
  readonly row: Row;
  readonly told: Told;
  readonly owed: Owed;
};

const columns: Readonly<
  Record<Column, { readonly provider: string; readonly writing: Writing; readonly streams: readonly boolean[] }>
> = {
  openai: { provider: 'openai', writing: openaiStream, streams: [true] },
  'openai whole': { provider: 'openai', writing: openaiWhole, streams: [false] },
  anthropic: { provider: 'anthropic', writing: anthropic, streams: [true, false] },
  gemini: { provider: 'gemini', writing: gemini, streams: [true, false] },
  bedrock: { provider: 'bedrock', writing: bedrock, streams: [true, false] },
};

const all: readonly Column[] = ['openai', 'openai whole', 'anthropic', 'gemini', 'bedrock'];

/** Every fault at every provider that can have it, for callers who stream and for those who do not. */
export const cellsOf = (rows: readonly Row[]): readonly Cell[] =>
  rows.flatMap((row) =>
    (row.only ?? all).flatMap((column) => {
      const { provider, writing, streams } = columns[column];
      return streams.map((stream) => ({
        id: `${provider}-${row.fault.replaceAll(' ', '-')}-${stream ? 'streamed' : 'whole'}`,
        provider,
        writing,
        stream,
        row,
        told: valueFor(row.told, column),
        owed: valueFor(row.owed, column),
      }));
    }),
  );
