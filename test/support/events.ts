import { demoKey } from './gateway.ts';

/** What a function URL sends. */
export const fromUrl = (body: object, key = demoKey) => ({
  version: '2.0',
  rawPath: '/v1/chat/completions',
  headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
  requestContext: { http: { method: 'POST', path: '/v1/chat/completions' } },
  body: JSON.stringify(body),
  isBase64Encoded: false,
});

/** What a REST API with a streaming proxy integration sends. */
export const fromRest = (body: object) => ({
  resource: '/{proxy+}',
  path: '/v1/chat/completions',
  httpMethod: 'POST',
  headers: { Authorization: `Bearer ${demoKey}`, 'Content-Type': 'application/json' },
  multiValueHeaders: { Authorization: [`Bearer ${demoKey}`], 'Content-Type': ['application/json'] },
  requestContext: { stage: 'prod', path: '/prod/v1/chat/completions', httpMethod: 'POST' },
  body: Buffer.from(JSON.stringify(body)).toString('base64'),
  isBase64Encoded: true,
});
