import type { AttributeValue, DeleteItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { toItem } from '../item.ts';

/** Something in table Cache that holds an answer: of which kind, which call made it, and how just this and nothing newer is deleted. */
export type Kept = {
  readonly kind: 'answers' | 'repeats' | 'part';
  readonly call: string;
  readonly only: Omit<DeleteItemCommandInput, 'TableName'>;
};

type Raw = Record<string, AttributeValue>;

/**
 * Sorts the items of a scan, page after page. The claim of a call under way is left, for its repetition would be made
 * and paid for again; it holds no answer yet. So are the parts that such a call may just be writing.
 */
export function keptOf(now: number): (items: readonly Raw[]) => readonly Kept[] {
  const underWay = new Set<unknown>();
  return (items) =>
    items.flatMap((raw): readonly Kept[] => {
      const { pk, sk, source, owner, state, lease } = toItem(raw);
      const Key = marshall({ pk, sk });
      if (sk === 'answer')
        return [{ kind: 'answers', call: String(source), only: { Key, ...still('source', source) } }];
      if (sk === 'head' && state === 'done')
        return [{ kind: 'repeats', call: String(owner), only: { Key, ...still('owner', owner) } }];
      if (sk === 'head' && Number(lease) > now) underWay.add(owner);
      const [word, call = ''] = String(sk).split('#');
      return word === 'part' && !underWay.has(call) ? [{ kind: 'part', call, only: { Key } }] : [];
    });
}

/** The condition that an item is still the one that was read. */
const still = (name: string, value: unknown) => ({
  ConditionExpression: '#name = :value',
  ExpressionAttributeNames: { '#name': name },
  ExpressionAttributeValues: marshall({ ':value': value }),
});
