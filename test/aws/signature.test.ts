import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { signing } from '../../lib/aws/signature.ts';

/** SHA-256 as the AWS SDK's own signer takes it. */
class Sha256 {
  readonly #hash;
  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    const key = typeof secret === 'string' ? secret : secret && Buffer.from(bytesOf(secret));
    this.#hash = key === undefined ? createHash('sha256') : createHmac('sha256', key);
  }
  update(data: Uint8Array): void {
    this.#hash.update(data);
  }
  async digest(): Promise<Uint8Array> {
    return this.#hash.digest();
  }
  reset(): void {
    throw new Error('Nobody hashes twice.');
  }
}
const bytesOf = (secret: ArrayBuffer | ArrayBufferView): Uint8Array =>
  ArrayBuffer.isView(secret)
    ? new Uint8Array(secret.buffer, secret.byteOffset, secret.byteLength)
    : new Uint8Array(secret);

const word = fc.stringMatching(/^[\w/+=-]{1,40}$/);

test('is what the AWS SDK signs, whoever asks for what and when', async () => {
  const sign = signing('dynamodb', 'eu-central-1');
  await fc.assert(
    fc.asyncProperty(
      fc.record({ accessKeyId: word, secretAccessKey: word, sessionToken: fc.option(word, { nil: undefined }) }),
      fc.date({ min: new Date('2020-01-01'), max: new Date('2039-12-31'), noInvalidDate: true }),
      fc.string({ unit: 'binary', maxLength: 2_000 }),
      word,
      async (credentials, date, body, target) => {
        const headers = {
          host: 'dynamodb.eu-central-1.amazonaws.com',
          'content-type': 'application/x-amz-json-1.0',
          'x-amz-target': target,
        };
        const theirs = new SignatureV4({
          service: 'dynamodb',
          region: 'eu-central-1',
          credentials,
          sha256: Sha256,
          applyChecksum: false,
        });
        const request = { method: 'POST', protocol: 'https:', hostname: headers.host, path: '/', headers, body };
        const { headers: signed } = await theirs.sign(request, { signingDate: date });
        expect(sign({ headers, body }, credentials, date.getTime())).toEqual(signed);
      },
    ),
    { numRuns: 300 },
  );
});
