import type { Fields } from './fields.ts';

/** What the database says to one request. */
export type Reply = { readonly status: number; readonly body: Fields };

/** A refusal by a name that DynamoDB has for it. */
export const refusal = (type: keyof typeof refusals, message: string): Reply => ({
  status: refusals[type].status,
  body: { __type: `${refusals[type].namespace}#${type}`, message },
});

const refusals = {
  SerializationException: { status: 400, namespace: 'com.amazon.coral.service' },
  UnknownOperationException: { status: 400, namespace: 'com.amazon.coral.service' },
  ValidationException: { status: 400, namespace: 'com.amazon.coral.validate' },
  AccessDeniedException: { status: 403, namespace: 'com.amazon.coral.service' },
  RequestEntityTooLarge: { status: 413, namespace: 'com.amazon.coral.service' },
  InternalServerError: { status: 500, namespace: 'com.amazonaws.dynamodb.v20120810' },
} as const;
