import { GatewayError } from '../errors.ts';

/** The failure without the credential, which some providers quote whatever it looks like. */
export function without(secret: string | undefined, failure: GatewayError): GatewayError {
  const { message, param } = failure.details;
  if (!secret || !`${message} ${param}`.includes(secret)) return failure;
  const clean = (text: string) => text.replaceAll(secret, '[key]');
  return new GatewayError(failure.code, {
    ...failure.details,
    message: clean(message),
    ...(param === undefined ? {} : { param: clean(param) }),
  });
}
