import * as z from 'zod/mini';
import { NO_IDS, type Reply, refusal } from './reply.ts';
import type { Store } from './store.ts';

/** Deletes many documents by their ids; the one thing that is done in bulk. */
export async function runBulk(store: Store, body: string): Promise<Reply> {
  const lines = body.split('\n').filter((line) => line !== '');
  const items: unknown[] = [];
  for (const line of lines) {
    const { data } = deletion.safeParse(JSON.parse(line));
    if (data === undefined) return refusal(400, 'illegal_argument_exception', `${NO_IDS}; only delete is for many.`);
    const { _index, _id } = data.delete;
    const removed = await store.remove(_index, _id);
    const outcome = removed ? { result: 'deleted', status: 200 } : { result: 'not_found', status: 404 };
    items.push({ delete: { _index, _id, ...outcome } });
  }
  return { status: 200, body: { took: 0, errors: false, items } };
}

const deletion = z.strictObject({ delete: z.strictObject({ _index: z.string(), _id: z.string() }) });
