import type { Timer } from '../wire/timer.ts';
import type { Database, Raw } from './database.ts';

/** As many items as one request may have. */
const MOST = 25;

/**
 * Puts an item in one request with others that come within moments, on no condition: it replaces what is there. Gives
 * false where it is not certain that it was put; the asker then puts it alone. It may not have bytes, and no two at once
 * may have the same key.
 */
export type BatchedPut = (item: Raw) => Promise<boolean>;

type Batch = { readonly items: Raw[]; readonly put: Promise<boolean>; readonly leave: () => void };

/** Puts items into one table, in batches. */
export function batchingPuts(
  database: Database,
  table: string,
  { timer, restMs }: { readonly timer: Timer; readonly restMs: number },
): BatchedPut {
  let open: Batch | undefined;
  const begun = (): Batch => {
    const items: Raw[] = [];
    const { promise: put, resolve } = Promise.withResolvers<boolean>();
    const leave = (): void => {
      cancel();
      open = undefined;
      resolve(putAll(database, table, items));
    };
    const cancel = timer(restMs, leave);
    return { items, put, leave };
  };
  return (item) => {
    open ??= begun();
    const { items, put, leave } = open;
    if (items.push(item) === MOST) leave();
    return put;
  };
}

/** True where all were put. A request that is refused for one item takes no other. */
async function putAll(database: Database, table: string, items: readonly Raw[]): Promise<boolean> {
  if (items.length === 1) return false;
  try {
    const puts = items.map((Item) => ({ PutRequest: { Item } }));
    const { UnprocessedItems = {} } = await database.batchWriteItem({ RequestItems: { [table]: puts } });
    return Object.keys(UnprocessedItems).length === 0;
  } catch {
    return false; // alone, each is told what is wrong with it
  }
}
