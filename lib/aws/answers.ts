import type { UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Answers, Found, Question, Recalled } from '../recall.ts';
import { inTime } from '../wire/in-time.ts';
import {
  answerKey,
  clearedAt,
  clearedKey,
  clearedKeys,
  fromAnswerItem,
  leadKey,
  leadOf,
  toAnswerItem,
} from './answer-items.ts';
import { conditionFailed, type Database, type Raw } from './database.ts';
import { putIf } from './put-if.ts';
import type { TableNames } from './tables.ts';

/** A lead that is over stays until the database deletes it: the clocks of environments differ. */
const LONGER_SECONDS = 60;
/** So much the clocks of two environments may differ; whoever looks once more than needed waits a moment longer. */
const SKEW_MS = 200;

/**
 * Answers in table Cache, each in an item of its own; beside it, while somebody asks, who that is. One request reads
 * both, and whether they were cleared.
 */
export function dynamoAnswers(database: Database, { cache: TableName }: TableNames, now: () => number): Answers {
  const leading = (question: Question, values: object, condition: string): UpdateItemCommandInput => ({
    TableName,
    Key: leadKey(question),
    UpdateExpression: 'SET #owner = :owner, #until = :until, #ttl = :ttl REMOVE #landed',
    ConditionExpression: condition,
    ExpressionAttributeNames: { '#owner': 'owner', '#until': 'until', '#ttl': 'ttl', '#landed': 'landed' },
    ExpressionAttributeValues: marshall(values),
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });

  /** Whether it is one for a whole tenant that must not be given: who finds it does not look for the mark of the key that made it. */
  const takenBack = async ({ keyId }: Question, { madeBy, askedAt }: Recalled): Promise<boolean> => {
    if (keyId !== undefined) return false;
    const Key = clearedKey({ of: 'key', name: madeBy });
    const { Item } = await database.getItem({ TableName, Key, ConsistentRead: true });
    return Item !== undefined && clearedAt(Item) >= askedAt;
  };

  return {
    async find(question, signal) {
      // A question may be asked a moment after its answer was kept, or cleared.
      const asked = {
        Keys: [answerKey(question), leadKey(question), ...clearedKeys(question)],
        ConsistentRead: true,
      };
      const work = database.batchGetItem({ RequestItems: { [TableName]: asked } }, { abortSignal: signal });
      const { Responses = {}, UnprocessedKeys = {} } = await inTime(work, signal);
      if (UnprocessedKeys[TableName] !== undefined) throw new Error('The table was too busy to be read whole.');
      const { kept, lead, cleared } = sorted(Responses[TableName] ?? []);
      const found = kept && (await fromAnswerItem(kept, question, now()));
      const latest = Math.max(0, ...cleared.map(clearedAt));
      const answer = found !== undefined && found.askedAt > latest ? found : undefined;
      return { answer, lead: stateOf(lead, now()), cleared: latest };
    },

    async keep(question, answer) {
      const [Item, revoked] = await Promise.all([toAnswerItem(question, answer), takenBack(question, answer)]);
      if (Item === undefined || revoked) return false;
      return putIf(database, {
        TableName,
        Item,
        // A slow call must not bring back what was asked anew. Its own is its own: the answer to the first try may have been lost.
        ConditionExpression: '(NOT attribute_type(askedAt, :number)) OR askedAt < :askedAt OR #source = :source',
        ExpressionAttributeNames: { '#source': 'source' },
        ExpressionAttributeValues: marshall({ ':number': 'N', ':askedAt': answer.askedAt, ':source': answer.source }),
      });
    },

    async lead(question, { owner, forMs, sawAt }, signal) {
      const until = now() + forMs;
      const values = {
        ':owner': owner,
        ':until': until,
        ':ttl': toTtl(until),
        ':now': now(),
        ':since': sawAt - SKEW_MS,
      };
      const asked = leading(
        question,
        values,
        // Its owner's, too: the answer to the first try may have been lost.
        'attribute_not_exists(pk) OR #owner = :owner OR (#until <= :now AND (attribute_not_exists(#landed) OR #landed < :since))',
      );
      const item = await refusedBy(inTime(database.updateItem(asked, { abortSignal: signal }), signal));
      return item === undefined ? 'ours' : stateOf(item, now()) === 'held' ? 'held' : 'landed';
    },

    async renew(question, owner, forMs) {
      const until = now() + forMs;
      const values = { ':owner': owner, ':until': until, ':ttl': toTtl(until), ':now': now() };
      await refusedBy(database.updateItem(leading(question, values, '#owner = :owner AND #until > :now')));
    },

    async release(question, owner) {
      const asked = {
        TableName,
        Key: leadKey(question),
        // Not deleted: who has looked before the answer was kept must not take the lead after.
        UpdateExpression: 'SET #until = :over, #landed = :now',
        ConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner', '#until': 'until', '#landed': 'landed' },
        ExpressionAttributeValues: marshall({ ':owner': owner, ':over': 0, ':now': now() }),
      };
      await refusedBy(database.updateItem(asked));
    },
  };
}

const toTtl = (until: number): number => Math.ceil(until / 1000) + LONGER_SECONDS;

function sorted(items: readonly Raw[]): { kept?: Raw | undefined; lead?: Raw | undefined; cleared: readonly Raw[] } {
  return {
    kept: items.find(({ sk }) => sk?.S === 'answer'),
    lead: items.find(({ sk }) => sk?.S === 'lead'),
    cleared: items.filter(({ sk }) => sk?.S === 'mark'),
  };
}

/** A lead that was given up has landed, and is none; one that was not is somebody's, or was. */
function stateOf(lead: Raw | undefined, now: number): Found['lead'] {
  if (lead === undefined) return 'none';
  const { until, landed } = leadOf(lead);
  return until > now ? 'held' : landed === undefined ? 'lapsed' : 'none';
}

/** What stood in the way of a change, as it is in the table; undefined where it was made. */
async function refusedBy(work: Promise<unknown>): Promise<Raw | undefined> {
  try {
    await work;
    return undefined;
  } catch (error) {
    if (conditionFailed(error)) return error.Item ?? {};
    throw error;
  }
}
