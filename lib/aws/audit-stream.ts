import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import '../schema.ts';
import * as z from 'zod/mini';
import { isFields } from './access-fields.ts';
import { changeIn } from './audit-changes.ts';
import { type AuditLog, auditLog } from './audit-log.ts';
import { dynamodb } from './dynamodb.ts';
import { toItem } from './item.ts';
import { auditTable } from './tables.ts';

// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
const image = z.optional(z.custom<Image>(isFields));
const streamEvent = z.object({
  Records: z.array(
    z.object({
      eventID: z.string(),
      eventSource: z.literal('aws:dynamodb'),
      eventSourceARN: z.string(),
      userIdentity: z.optional(z.nullable(z.object({ principalId: z.optional(z.string()) }))),
      dynamodb: z.object({
        SequenceNumber: z.string(),
        ApproximateCreationDateTime: z.number(),
        OldImage: image,
        NewImage: image,
      }),
    }),
  ),
});

type StreamRecord = z.infer<typeof streamEvent>['Records'][number];

/** What Lambda is told: from which record on it must come again. */
export type Left = { readonly batchItemFailures: readonly { readonly itemIdentifier: string }[] };

/** The stream that is listened to, and the log to which it is written. */
export type Trail = { readonly streamArn: string; readonly log: Pick<AuditLog, 'append'> };

/** Logs the changes that the stream of table Access tells, in their order. The first that fails, and all after it, come again. */
export async function logStream(
  event: unknown,
  { streamArn, log }: Trail,
  failed: (error: unknown, record: { readonly eventID: string }) => void,
): Promise<Left> {
  const { Records } = streamEvent.parse(event);
  // It keeps out what was wired here by mistake. Who may invoke the function can say what he likes.
  const stray = Records.find(({ eventSourceARN }) => eventSourceARN !== streamArn);
  if (stray !== undefined) throw new Error(`This logs ${streamArn}, and no event of ${stray.eventSourceARN}.`);
  for (const record of Records) {
    try {
      const change = changeIn(turnOf(record));
      if (change !== undefined) await log.append(change);
    } catch (error) {
      failed(error, record);
      return { batchItemFailures: [{ itemIdentifier: record.dynamodb.SequenceNumber }] };
    }
  }
  return { batchItemFailures: [] };
}

function turnOf({
  eventID,
  userIdentity,
  dynamodb: { ApproximateCreationDateTime, OldImage, NewImage },
}: StreamRecord) {
  return {
    source: eventID,
    at: ApproximateCreationDateTime * 1000,
    before: OldImage && toItem(withBytes(OldImage)),
    after: NewImage && toItem(withBytes(NewImage)),
    expired: userIdentity?.principalId === 'dynamodb.amazonaws.com',
  };
}

type Image = Readonly<Record<string, AttributeValue>>;

/** An image whose bytes are bytes: Lambda's event is JSON, in which they are base64. */
const withBytes = (image: Image): Record<string, AttributeValue> =>
  Object.fromEntries(Object.entries(image).map(([name, value]) => [name, toBytes(value)]));

function toBytes(value: AttributeValue): AttributeValue {
  if (value.B !== undefined) return { B: fromBase64(value.B) };
  if (value.BS !== undefined) return { BS: value.BS.map(fromBase64) };
  if (value.L !== undefined) return { L: value.L.map(toBytes) };
  return value.M === undefined ? value : { M: withBytes(value.M) };
}

const fromBase64 = (bytes: unknown): Uint8Array => Buffer.from(String(bytes), 'base64');

/** How many days entries are kept; without it, for ever. */
export const AUDIT_KEPT_DAYS = 'SLUICE_AUDIT_KEPT_DAYS';

/** The stream of table Access, by its ARN. */
export const ACCESS_STREAM = 'SLUICE_ACCESS_STREAM';

/** What a function logs, and where, as its environment names both. */
export function awsTrail(
  env: Readonly<Record<string, string | undefined>>,
  tell: (entry: { readonly day: string; readonly number: number; readonly hash: string }) => void,
): Trail {
  const name = env[auditTable.variable];
  if (!name) throw new Error(`Set ${auditTable.variable} to the name of the ${auditTable.localName} table.`);
  const streamArn = env[ACCESS_STREAM];
  if (!streamArn) throw new Error(`Set ${ACCESS_STREAM} to the ARN of the stream of table Access.`);
  const client = dynamodb({ endpoint: env.SLUICE_DYNAMODB_ENDPOINT, tryMs: 5_000, tries: 4 });
  const kept = env[AUDIT_KEPT_DAYS];
  return { streamArn, log: auditLog(client, name, { tell, ...(kept && { keptDays: Number(kept) }) }) };
}
