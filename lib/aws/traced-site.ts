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
  let spans = 0;
  let toldAt = Number.NEGATIVE_INFINITY;
  const lost = (more: number, cause: unknown) => {
    spans += more;
    if (now() - toldAt < TOLD_EVERY_MS) return;
    log.error('Spans were lost.', { spans, cause: String(cause) });
    toldAt = now();
    spans = 0;
  };
  // In a function, or it would be the next visit that they leave with, should there be one.
  const freezes = env.AWS_LAMBDA_FUNCTION_NAME !== undefined;
  return { traces: openTraces(settings, { timer, lost, freezes }) };
}
