import { createCipheriv, createDecipheriv, createHash, createHmac } from 'node:crypto';

const MARK = 'sealed:';
const TAG_BYTES = 16;
const IV_BYTES = 12;

/** Who has the request can open what was sealed for it, and nobody else: the key is made of the request, of which only a hash is kept anywhere. */
const keyOf = (request: Uint8Array): Buffer => createHmac('sha256', 'sluice: a kept answer').update(request).digest();

/** An answer that holds values which must not be kept in the clear. No two may be sealed by the same name for the same request. */
export function sealed(text: string, request: Uint8Array, name: string): string {
  const iv = createHash('sha256').update(name).digest().subarray(0, IV_BYTES);
  const cipher = createCipheriv('aes-256-gcm', keyOf(request), iv);
  const secret = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${MARK}${Buffer.concat([iv, cipher.getAuthTag(), secret]).toString('base64')}`;
}

/** The same as it was; what was not sealed is given as it is. Throws where the request is another. */
export function unsealed(kept: string, request: Uint8Array): string {
  if (!kept.startsWith(MARK)) return kept;
  const bytes = Buffer.from(kept.slice(MARK.length), 'base64');
  const decipher = createDecipheriv('aes-256-gcm', keyOf(request), bytes.subarray(0, IV_BYTES));
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  return decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES), undefined, 'utf8') + decipher.final('utf8');
}
