import { GatewayError } from '../errors.ts';

/** Fewer characters at an end may be any text's. */
const LEAST = 6;

/**
 * The failure without the credential, which some providers quote whatever it looks like: as it is, as JSON or an address
 * spells it, and as far as it goes where its text was cut.
 */
export function without(secret: string | undefined, failure: GatewayError): GatewayError {
  const { message, param } = failure.details;
  if (!secret) return failure;
  const forms = [...new Set([secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret.toWellFormed())])];
  const clean = (text: string) => forms.reduce(cleared, text);
  const cleaned = { message: clean(message), ...(param === undefined ? {} : { param: clean(param) }) };
  if (cleaned.message === message && cleaned.param === param) return failure;
  return new GatewayError(failure.code, { ...failure.details, ...cleaned });
}

function cleared(text: string, secret: string): string {
  const whole = text.replaceAll(secret, '[key]');
  for (let length = Math.min(secret.length - 1, whole.length); length >= LEAST; length--)
    if (whole.endsWith(secret.slice(0, length))) return `${whole.slice(0, -length)}[key]`;
  return whole;
}
