import type { Entry } from '../mixed/books.ts';
import type { Billed } from '../mixed/providers.ts';
import type { Made } from './traffic.ts';

/** What the sweep wrote of a call whose gateway was killed: nobody knows any more which it was. */
export type Abandoned = Pick<Entry, 'id' | 'scopes' | 'nanoDollars'> & { readonly at: number };

/** All that is known when all is over. */
export type Known = {
  readonly made: readonly Made[];
  readonly billed: readonly Billed[];
  readonly entries: readonly Entry[];
  readonly abandoned: readonly Abandoned[];
  /** When a gateway was killed. */
  readonly kills: readonly number[];
  readonly counters: readonly Counter[];
};

/** A scope's counter as it stands in the table. */
export type Counter = { readonly id: string; readonly item: Readonly<Record<string, unknown>> };
