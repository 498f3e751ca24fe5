import type { Traces } from '../trace.ts';
import { toTraceSettings } from '../traces/settings.ts';
import { openTraces } from '../traces/traces.ts';
import type { Log, World } from '../world.ts';

/** How often, at most, operators are told that spans were lost. */
const TOLD_EVERY_MS = 60_000;

/** Traces as a process's environment asks for them; none where it does not. */
export function tracesIn(
  env: Readonly<Record<string, string | undefined>>,
  { timer, now, log }: Pick<World, 'timer' | 'now'> & { readonly log: Log },
): { readonly traces?: Traces } {
  const settings = toTraceSettings(env);
  if (settings === undefined) return {};
  const { tell, flush } = quietly({ timer, now, everyMs: TOLD_EVERY_MS }, (spans, why) =>
    log.error('Spans were lost.', { spans, why }),
  );
  // In a function, or it would be the next visit that they leave with, should there be one.
  const freezes = env.AWS_LAMBDA_FUNCTION_NAME !== undefined;
  const traces = openTraces(settings, { timer, lost: tell, freezes });
  return { traces: { ...traces, close: () => traces.close().then(flush) } };
}

type Quiet = Pick<World, 'timer' | 'now'> & { readonly everyMs: number };

/** Tells of the first at once, and of all that follow soon in one, a while later. */
function quietly({ timer, now, everyMs }: Quiet, told: (count: number, why: string) => void) {
  let toldAt = Number.NEGATIVE_INFINITY;
  let untold = 0;
  let latest = '';
  const flush = () => {
    if (untold === 0) return;
    told(untold, latest);
    untold = 0;
    toldAt = now();
  };
  return {
    tell(count: number, why: string): void {
      const first = untold === 0;
      untold += count;
      latest = why;
      if (now() - toldAt >= everyMs) flush();
      else if (first) timer(toldAt + everyMs - now(), flush);
    },
    /** Tells what is still to be told. */
    flush,
  };
}
