import { createHash, createHmac } from 'node:crypto';

/** Who signs. */
export type Credentials = {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
};

/** A POST of text to the root of a service. The names of its headers are in lower case. */
export type Unsigned = { readonly headers: Readonly<Record<string, string>>; readonly body: string };

/**
 * Signs requests to one service in one region, and gives their headers. The key is derived once a day, so that a request
 * costs three hashes. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function signing(service: string, region: string) {
  let derived: { readonly of: string; readonly key: Buffer } | undefined;
  const keyOf = (secret: string, day: string): Buffer => {
    const of = `${day} ${secret}`;
    if (derived?.of !== of)
      derived = { of, key: [day, region, service, TERMINATOR].reduce<Buffer>(hmac, Buffer.from(`AWS4${secret}`)) };
    return derived.key;
  };
  return ({ headers, body }: Unsigned, credentials: Credentials, now: number): Readonly<Record<string, string>> => {
    const time = new Date(now).toISOString().replace(/[-:]|\.\d{3}/g, '');
    const day = time.slice(0, 8);
    const { accessKeyId, secretAccessKey, sessionToken } = credentials;
    const all: Record<string, string> = {
      ...headers,
      'x-amz-date': time,
      ...(sessionToken && { 'x-amz-security-token': sessionToken }),
    };
    const names = Object.keys(all).sort();
    const signed = names.join(';');
    const lines = names.map((name) => `${name}:${all[name]}\n`).join('');
    const canonical = `POST\n/\n\n${lines}\n${signed}\n${sha256(body)}`;
    const scope = `${day}/${region}/${service}/${TERMINATOR}`;
    const toSign = `${ALGORITHM}\n${time}\n${scope}\n${sha256(canonical)}`;
    const signature = hmac(keyOf(secretAccessKey, day), toSign).toString('hex');
    const authorization = `${ALGORITHM} Credential=${accessKeyId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`;
    return { ...all, authorization };
  };
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const TERMINATOR = 'aws4_request';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
