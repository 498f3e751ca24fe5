import { randomUUID } from 'node:crypto';
import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import '../schema.ts';
import * as z from 'zod/mini';

/** Who changes something, and why. */
export type Author = { readonly by: string; readonly reason?: string | undefined };

const stamp = z.object({
  id: z.string(),
  /** When, in ISO form. */
  at: z.string(),
  by: z.string(),
  reason: z.optional(z.string()),
  /** What the change does, where the item alone does not show it. */
  does: z.optional(z.enum(['rotate', 'remove', 'rollback'])),
});

/** What is written into an item with a change, in its attribute `changed`: who made that change. It stays there, and says nothing of later ones. */
export type Stamp = z.infer<typeof stamp>;

/** Makes a stamp for a change; undefined where changes are not logged, so that items are as they always were. */
export type Stamping = (more?: Pick<Stamp, 'does' | 'reason'>) => Promise<Stamp | undefined>;

export const unstamped: Stamping = async () => undefined;

/** Stamps of one author, who is asked for once there is something to stamp. */
export function stampsOf(author: () => Promise<Author>, now: () => number = Date.now): Stamping {
  return async ({ does, reason } = {}) => {
    const { by, reason: given = reason } = await author();
    const at = new Date(now()).toISOString();
    return { id: randomUUID(), at, by, ...(given !== undefined && { reason: given }), ...(does && { does }) };
  };
}

/** Reads a stamp; undefined where there is none that can be read. */
export const toStamp = (value: unknown): Stamp | undefined => stamp.safeParse(value).data;

type Write = Omit<UpdateItemCommandInput, 'TableName' | 'Key'>;

/** An update that leaves the stamp, too. */
export function stampedWrite(write: Write, changed: Stamp | undefined): Write {
  if (changed === undefined) return write;
  const rest = write.UpdateExpression ?? '';
  const set = 'SET #changed = :changed';
  return {
    ...write,
    UpdateExpression: rest.startsWith('SET ') ? rest.replace('SET', `${set},`) : `${set} ${rest}`.trim(),
    ExpressionAttributeNames: { ...write.ExpressionAttributeNames, '#changed': 'changed' },
    ExpressionAttributeValues: { ...write.ExpressionAttributeValues, ...marshall({ ':changed': changed }) },
  };
}
