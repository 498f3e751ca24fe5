import { marshall } from '@aws-sdk/util-dynamodb';

type Item = Readonly<Record<string, unknown>>;

/** What happened to an item, for a stream's record; who says nothing of a moment means now. */
export type Happened = {
  readonly before?: Item | undefined;
  readonly after?: Item | undefined;
  /** Epoch milliseconds. */
  readonly at?: number;
  readonly id?: string;
  readonly expired?: boolean;
};

/** The stream that these events come from. */
export const STREAM = 'arn:aws:dynamodb:eu-central-1:123456789012:table/Access/stream/2026-11-26T00:00:00.000';

/** An event as Lambda gets it from a DynamoDB stream. https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html */
export function streamed(...happened: readonly Happened[]): unknown {
  const text = JSON.stringify({ Records: happened.map(recordOf) }, (_, value) =>
    value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  return JSON.parse(text);
}

let records = 0;

function recordOf({ before, after, at = Date.now(), id = `event-${++records}`, expired }: Happened) {
  const { pk, sk } = after ?? before ?? {};
  return {
    eventID: id,
    eventName: before === undefined ? 'INSERT' : after === undefined ? 'REMOVE' : 'MODIFY',
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(at / 1000),
      Keys: marshall({ pk, sk }),
      ...(before && { OldImage: marshall(before) }),
      ...(after && { NewImage: marshall(after) }),
      SequenceNumber: `seq-${id}`,
      SizeBytes: 100,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
    },
    eventSourceARN: STREAM,
    ...(expired && { userIdentity: { type: 'Service', principalId: 'dynamodb.amazonaws.com' } }),
  };
}
