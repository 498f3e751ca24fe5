import { GatewayError } from '../errors.ts';

/** Takes so much work out of what is allowed. Throws the refusal of a request that has used it up. */
export type Spend = (work: number) => void;

/** A unit takes some 4 ns, so that no request keeps all others waiting for much more than a second. */
const MOST_WORK = 150_000_000;

/** What a request may cost to be looked through, in all its texts and for all that is looked for. */
export function openAllowance(): Spend {
  let left = MOST_WORK;
  return (work) => {
    left -= work;
    if (left < 0) throw tooMuch();
  };
}

const tooMuch = () =>
  new GatewayError('request_too_large', {
    message:
      'It takes too much work to look through this request for what must not leave the gateway, so nothing of it left. Send less at once; where own patterns are looked for, those that end early take less.',
  });
