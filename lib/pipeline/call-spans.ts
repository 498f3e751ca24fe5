import { completionTokens, promptTokens } from '../catalog/usage.ts';
import { semanticName } from '../providers/semantic-names.ts';
import type { Attributes } from '../trace.ts';
import { outcomeOf, type Running, toBill } from './attempt.ts';
import type { Asked } from './parse.ts';
import type { Tally } from './tally.ts';

// Named by OpenTelemetry's conventions where they have a name: https://opentelemetry.io/docs/specs/semconv/gen-ai/

/** Tells a visit's trace of the call that was made for it: its attempts, its stream, and what it came to. */
export function traceCall(tally: Tally): void {
  const { visit, ask } = tally;
  const { trace, startedTick } = visit;
  if (trace === undefined) return;
  traceAttempts(tally);
  const firstMs = tally.firstContentMs();
  const failure = tally.failure();
  const failed = failure !== undefined && failure.status >= 500;
  if (ask.request.stream === true && firstMs !== undefined) {
    const attributes = { 'error.type': failure?.code };
    trace.add({ name: 'stream', startTick: startedTick + firstMs, attributes, failed }, startedTick + tally.endedMs());
  }
  trace.about(toWhole(tally));
  if (failed) trace.fails();
}

/** A model may have any name its caller makes up, where the operator has a price for all there are. */
const MOST_NAME = 128;

/** Tells it of requests that went out, one span each. */
export function traceAttempts(tally: Tally): void {
  const { trace, startedTick } = tally.visit;
  if (trace === undefined) return;
  const asked = toRequested(tally);
  const runs = tally.runs();
  for (const run of runs) {
    const { target, startedAt, spanId, outcome } = run;
    const part = {
      ...(spanId !== undefined && { id: spanId }),
      kind: 'client',
      name: `${asked['gen_ai.operation.name']} ${target.model}`.slice(0, MOST_NAME),
      startTick: startedAt,
      attributes: { ...asked, ...toAnswered(run, tally, run === runs.at(-1)) },
      // That its caller left says nothing of a target.
      failed: outcome !== undefined && outcome.status !== 200 && outcome.status !== 'closed',
    } as const;
    trace.add(part, outcome === undefined ? startedTick + tally.endedMs() : startedAt + outcome.ms);
  }
}

/** What the same request says to every target. Stop sequences are words of a prompt, and stay out. */
function toRequested({ ask, endpoint }: Tally): Attributes {
  const embeds = endpoint.endsWith('/embeddings');
  const said: Readonly<Record<string, unknown>> = ask.request;
  const numbers = Object.entries(parameters).flatMap(([name, field]) => {
    const value = said[field];
    return typeof value === 'number' ? [[name, value] as const] : [];
  });
  return {
    'gen_ai.operation.name': embeds ? 'embeddings' : 'chat',
    ...(!embeds && { 'gen_ai.request.stream': ask.request.stream === true }),
    ...Object.fromEntries(numbers),
  };
}

const parameters: Readonly<Record<string, keyof Asked | (string & {})>> = {
  'gen_ai.request.choice.count': 'n',
  'gen_ai.request.temperature': 'temperature',
  'gen_ai.request.top_p': 'top_p',
  'gen_ai.request.frequency_penalty': 'frequency_penalty',
  'gen_ai.request.presence_penalty': 'presence_penalty',
  'gen_ai.request.seed': 'seed',
};

function toAnswered(run: Running, tally: Tally, last: boolean): Attributes {
  const { target, address, startedAt, answered } = run;
  const { usage, nanoDollars, estimated } = toBill(run);
  const { status, blame } = outcomeOf(run);
  const firstMs = tally.firstContentMs();
  const { max_completion_tokens, max_tokens, n, stream } = tally.ask.request;
  const finish = tally.finish();
  const one = (n ?? 1) === 1; // of several choices only one's end is known here
  const began = last && stream && firstMs !== undefined ? tally.visit.startedTick + firstMs - startedAt : undefined;
  return {
    'gen_ai.provider.name': semanticName(target.provider.name),
    'gen_ai.request.model': target.model,
    'gen_ai.request.max_tokens': tally.limitFor(target) ?? max_completion_tokens ?? max_tokens ?? undefined,
    'server.address': address?.host,
    'server.port': address?.port,
    ...(typeof status === 'number' && { 'http.response.status_code': status }),
    ...(status === 200
      ? {
          'gen_ai.response.id': answered?.id,
          'gen_ai.response.model': answered?.model,
          'gen_ai.response.finish_reasons': last && one && finish !== undefined ? [finish] : undefined,
          'gen_ai.response.time_to_first_chunk': began === undefined ? undefined : began / 1000, // in seconds
        }
      : { 'error.type': String(status), 'sluice.blame': blame }),
    // Of a bound that stands in for what nobody counted only the cost is told: summed up, it would be no usage.
    ...(!estimated && {
      'gen_ai.usage.input_tokens': promptTokens(usage),
      'gen_ai.usage.output_tokens': completionTokens(usage),
      'gen_ai.usage.cache_read.input_tokens': usage.cacheRead || undefined,
      'gen_ai.usage.cache_creation.input_tokens': usage.cacheWrite + usage.cacheWrite1h || undefined,
      'gen_ai.usage.reasoning.output_tokens': usage.reasoning || undefined,
    }),
    'sluice.cost_usd': nanoDollars / 1e9,
    'sluice.estimated': estimated,
  };
}

/** What the call came to, beside what is known of its visit. */
function toWhole(tally: Tally): Attributes {
  const { routed, version } = tally;
  return {
    'sluice.model': tally.model(),
    'sluice.route': routed.route,
    'sluice.arm': routed.arm,
    'sluice.attempts': tally.runs().length,
    'sluice.cache': tally.cache.word(),
    'sluice.cache.source': tally.cache.record(false).cacheSource,
    'sluice.cost_usd': tally.bill().nanoDollars / 1e9,
    'sluice.own_ms': tally.ownMs(),
    'sluice.config_version': version,
    'error.type': tally.failure()?.code ?? (tally.unread() ? 'client_closed' : undefined),
  };
}
