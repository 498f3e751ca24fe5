import {
  type AttributeValue,
  BatchGetItemCommand,
  ConditionalCheckFailedException,
  DeleteItemCommand,
  type DynamoDBClient,
  PutItemCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Answers, Found, Question } from '../recall.ts';
import { inTime } from '../wire/in-time.ts';
import { answerKey, clearedAt, clearedKeys, fromAnswerItem, leadKey, ledUntil, toAnswerItem } from './answer-items.ts';
import type { TableNames } from './tables.ts';

/** A lead that is over stays until the database deletes it: the clocks of environments differ. */
const LONGER_SECONDS = 60;

/**
 * Answers in table Cache, each in an item of its own; beside it, while somebody asks, who that is. One request reads
 * both, and whether they were cleared.
 */
export function dynamoAnswers(client: DynamoDBClient, { cache: TableName }: TableNames, now: () => number): Answers {
  const leading = (question: Question, values: object, condition: string) =>
    new UpdateItemCommand({
      TableName,
      Key: leadKey(question),
      UpdateExpression: 'SET #owner = :owner, #until = :until, #ttl = :ttl',
      ConditionExpression: condition,
      ExpressionAttributeNames: { '#owner': 'owner', '#until': 'until', '#ttl': 'ttl' },
      ExpressionAttributeValues: marshall(values),
    });

  return {
    async find(question, signal) {
      // A question may be asked a moment after its answer was kept, or cleared.
      const asked = {
        Keys: [answerKey(question), leadKey(question), ...clearedKeys(question)],
        ConsistentRead: true,
      };
      const work = client.send(new BatchGetItemCommand({ RequestItems: { [TableName]: asked } }), {
        abortSignal: signal,
      });
      const { Responses = {}, UnprocessedKeys = {} } = await inTime(work, signal);
      if (UnprocessedKeys[TableName] !== undefined) throw new Error('The table was too busy to be read whole.');
      const { answer, lead, cleared } = sorted(Responses[TableName] ?? []);
      const found = answer && (await fromAnswerItem(answer, question, now()));
      const over = found !== undefined && cleared.some((each) => clearedAt(each) >= found.askedAt);
      return { answer: over ? undefined : found, lead: stateOf(lead, now()) };
    },

    async keep(question, answer) {
      const Item = await toAnswerItem(question, answer);
      if (Item !== undefined) await client.send(new PutItemCommand({ TableName, Item }));
      return Item !== undefined;
    },

    async lead(question, owner, forMs, signal) {
      const until = now() + forMs;
      const values = { ':owner': owner, ':until': until, ':ttl': toTtl(until), ':now': now() };
      // Its owner's, too: the answer to the first try may have been lost.
      const command = leading(question, values, 'attribute_not_exists(pk) OR #until <= :now OR #owner = :owner');
      return done(inTime(client.send(command, { abortSignal: signal }), signal));
    },

    async renew(question, owner, forMs) {
      const until = now() + forMs;
      await done(
        client.send(leading(question, { ':owner': owner, ':until': until, ':ttl': toTtl(until) }, '#owner = :owner')),
      );
    },

    async release(question, owner) {
      const command = new DeleteItemCommand({
        TableName,
        Key: leadKey(question),
        ConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: marshall({ ':owner': owner }),
      });
      await done(client.send(command));
    },
  };
}

const toTtl = (until: number): number => Math.ceil(until / 1000) + LONGER_SECONDS;

type Raw = Readonly<Record<string, AttributeValue>>;

function sorted(items: readonly Raw[]): { answer?: Raw | undefined; lead?: Raw | undefined; cleared: readonly Raw[] } {
  return {
    answer: items.find(({ sk }) => sk?.S === 'answer'),
    lead: items.find(({ sk }) => sk?.S === 'lead'),
    cleared: items.filter(({ pk }) => pk?.S === 'cleared'),
  };
}

const stateOf = (lead: Raw | undefined, now: number): Found['lead'] =>
  lead === undefined ? 'none' : ledUntil(lead) > now ? 'held' : 'lapsed';

/** Whether a change was made; false where its condition did not hold. */
async function done(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
