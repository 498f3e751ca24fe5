import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { awsTrail, logStream } from '../lib/aws/audit-stream.ts';

const logger = new Logger({ serviceName: 'sluice' });
// Each hash in this function's log, too: there it is out of reach of who could cut the table's newest entries.
const trail = awsTrail(process.env, ({ day, number, hash }) => logger.info('audited', { day, number, hash }));

/** Writes down, in the audit log, what changes in table Access. */
export const handler = middy(async (event: unknown) =>
  logStream(event, trail, (error, { eventID }) => logger.error('not audited yet', { error, eventID })),
).use(injectLambdaContext(logger));
