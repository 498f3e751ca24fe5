import type { Send } from '../wire/send.ts';

/** Sends what goes through the AWS SDK by what is loaded with the first such request, and all else as before. */
export function sdkOnDemand(send: Send, now: () => number): Send {
  let loaded: Promise<Send> | undefined;
  return async (outbound, signal, reach) => {
    if (outbound.via === 'http' || outbound.via === 'each') return send(outbound, signal, reach);
    loaded ??= import('./sdk-sends.ts').then(({ withSdkSends }) => withSdkSends(send, now));
    return (await loaded)(outbound, signal, reach);
  };
}
