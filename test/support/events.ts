import { demoKey } from './gateway.ts';

/** An HTTP request, as it arrives at what stands in front of the function. */
export type Arriving = {
  /** @default 'POST' */
  readonly method?: string;
  /** @default '/v1/chat/completions' */
  readonly path?: string;
  /** @default demoKey */
  readonly key?: string;
  /** @default '' - none */
  readonly text?: string;
  /** Whether the front takes the body for bytes and encodes it. */
  readonly encoded: boolean;
};

const bodyOf = ({ text = '', encoded }: Arriving) => ({
  body: encoded ? Buffer.from(text).toString('base64') : text,
  isBase64Encoded: encoded,
});

/** A request as a function URL tells of it. */
export function throughUrl(arriving: Arriving) {
  const { method = 'POST', path = '/v1/chat/completions', key = demoKey } = arriving;
  return {
    version: '2.0',
    rawPath: path,
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    requestContext: { http: { method, path } },
    ...bodyOf(arriving),
  };
}

/** A request as a REST API with a streaming proxy integration tells of it. */
export function throughRest(arriving: Arriving) {
  const { method = 'POST', path = '/v1/chat/completions', key = demoKey } = arriving;
  return {
    resource: '/{proxy+}',
    path,
    httpMethod: method,
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    multiValueHeaders: { Authorization: [`Bearer ${key}`], 'Content-Type': ['application/json'] },
    requestContext: { stage: 'prod', path: `/prod${path}`, httpMethod: method },
    ...bodyOf(arriving),
  };
}

/** What a function URL sends of a chat. */
export const fromUrl = (body: object, key = demoKey) => throughUrl({ text: JSON.stringify(body), key, encoded: false });

/** What a REST API sends of one, should it take it for bytes. */
export const fromRest = (body: object) => throughRest({ text: JSON.stringify(body), encoded: true });
