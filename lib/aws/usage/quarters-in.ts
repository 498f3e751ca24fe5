import { madeAt } from '../../ids.ts';
import { type CallItem, toCounted } from '../counted-call.ts';
import { quarterOf } from './quarter.ts';
import { add, noSums, type Sums } from './sums.ts';

/** A quarter of an hour in which ids were made, and what their calls come to; or why that cannot be told. */
export type Quarter = { readonly start: number; readonly sums: Sums; failure?: unknown };

/** Sums up records quarter by quarter, by when their ids were made: in this order they are read, so that none is in two. */
export async function* quartersIn(pages: AsyncIterable<readonly CallItem[]>): AsyncIterable<Quarter> {
  let open: Quarter | undefined;
  for await (const page of pages)
    for (const item of page) {
      const start = quarterOf(madeAt(String(item.sk)));
      if (open !== undefined && open.start !== start) yield open;
      if (open?.start !== start) open = { start, sums: noSums() };
      try {
        add(open.sums, toCounted(item));
      } catch (error) {
        open.failure ??= error; // of this quarter: the others can be summed up
      }
    }
  if (open !== undefined) yield open;
}
