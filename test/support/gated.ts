import type { Script } from './upstream.ts';

/** A provider that answers only when it is told to. */
export function gated(script: Script) {
  const gate = Promise.withResolvers<void>();
  const held: Script = async (asked, response) => {
    await gate.promise;
    await script(asked, response);
  };
  return { held, open: gate.resolve };
}
