import type { TraceContext } from '../trace.ts';

/** Whether a visit's spans are kept: by what its caller decided, or by the trace's own id, so that gateways that see it decide alike. */
export type Sampler = (came: TraceContext | undefined, traceId: string) => boolean;

const whole: Sampler = () => true;
const none: Sampler = () => false;

/**
 * The last 56 bits of an id are chance; as many of them as the share says are kept.
 * https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/
 */
const some =
  (share: number): Sampler =>
  (_, traceId) =>
    Number.parseInt(traceId.slice(-14), 16) / 2 ** 56 >= 1 - share;

const asTheCaller =
  (otherwise: Sampler): Sampler =>
  (came, traceId) =>
    came?.sampled ?? otherwise(came, traceId);

/** The samplers there are, by the names OpenTelemetry has for them. */
export const samplers: Readonly<Record<string, (share: number) => Sampler>> = {
  always_on: () => whole,
  always_off: () => none,
  traceidratio: some,
  parentbased_always_on: () => asTheCaller(whole),
  parentbased_always_off: () => asTheCaller(none),
  parentbased_traceidratio: (share) => asTheCaller(some(share)),
};
