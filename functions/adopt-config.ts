import { readFileSync } from 'node:fs';
import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import middy from '@middy/core';
import { awsAdoption } from '../lib/aws/adoption.ts';

const logger = new Logger({ serviceName: 'sluice' });
const adopt = awsAdoption(process.env);
const content = JSON.parse(readFileSync(process.env.SLUICE_CONFIG ?? '', 'utf8'));

/** Makes the configuration of a deploy a version, once per deploy; an unchanged one leaves in force what was applied since. */
export const handler = middy(async () => {
  const version = await adopt(content);
  logger.info('configuration in force', { version });
  return { version };
}).use(injectLambdaContext(logger));
