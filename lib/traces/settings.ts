import type { Attributes } from '../trace.ts';
import { type Sampler, samplers } from './sampler.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Where spans go. */
export type Receiver =
  | {
      readonly via: 'http';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
      readonly timeoutMs: number;
      /** How long spans wait for others to leave with, in milliseconds. */
      readonly delayMs: number;
      /** Whether they are compressed. */
      readonly zipped: boolean;
    }
  | { readonly via: 'udp'; readonly host: string; readonly port: number };

export type TraceSettings = {
  readonly receiver: Receiver;
  readonly sampler: Sampler;
  /** What all spans have in common: which service they are of, and where it runs. */
  readonly resource: Attributes;
};

/**
 * How calls are traced, by the variables every OpenTelemetry SDK reads, or as AWS Lambda has it; undefined where nobody
 * asks for it. Throws what is wrong with them.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 */
export function toTraceSettings(env: Environment): TraceSettings | undefined {
  const exporter = env.OTEL_TRACES_EXPORTER || 'otlp';
  if (env.OTEL_SDK_DISABLED?.toLowerCase() === 'true' || exporter === 'none') return undefined;
  if (exporter !== 'otlp') throw new Error('OTEL_TRACES_EXPORTER must be otlp or none.');
  const receiver = overHttp(env) ?? overUdp(env.AWS_XRAY_DAEMON_ADDRESS);
  return receiver && { receiver, sampler: samplerIn(env, receiver), resource: resourceOf(env) };
}

function overHttp(env: Environment): Receiver | undefined {
  const url = addressIn(env);
  if (url === undefined) return undefined;
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL || 'http/protobuf';
  if (protocol !== 'http/protobuf')
    throw new Error(
      `OTEL_EXPORTER_OTLP_PROTOCOL is ${JSON.stringify(protocol)}, but traces leave as http/protobuf only. Name the collector's HTTP port, mostly 4318.`,
    );
  const compression = env.OTEL_EXPORTER_OTLP_TRACES_COMPRESSION || env.OTEL_EXPORTER_OTLP_COMPRESSION || 'none';
  if (compression !== 'gzip' && compression !== 'none')
    throw new Error('OTEL_EXPORTER_OTLP_COMPRESSION must be gzip or none.');
  const timeoutMs =
    milliseconds(env, 'OTEL_EXPORTER_OTLP_TRACES_TIMEOUT') ?? milliseconds(env, 'OTEL_EXPORTER_OTLP_TIMEOUT') ?? 10_000;
  const delayMs = milliseconds(env, 'OTEL_BSP_SCHEDULE_DELAY') ?? 5_000;
  return { via: 'http', url, headers: headersIn(env), timeoutMs, delayMs, zipped: compression === 'gzip' };
}

/** The address for traces, or under that for all. It may hold a secret, so a message does not quote it. */
function addressIn(env: Environment): string | undefined {
  const own = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const address = own || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (!address) return undefined;
  const variable = own ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  if (!URL.canParse(address) || !/^https?:/.test(address))
    throw new Error(`${variable} must be a URL such as http://127.0.0.1:4318.`);
  const url = new URL(address);
  if (url.username !== '' || url.password !== '')
    throw new Error(
      `${variable} holds a name or a password. Put it into OTEL_EXPORTER_OTLP_HEADERS, as authorization=…`,
    );
  if (!own) url.pathname = `${url.pathname.replace(/\/+$/, '')}/v1/traces`;
  return url.href;
}

function headersIn(env: Environment): Record<string, string> {
  const variable = 'OTEL_EXPORTER_OTLP_HEADERS';
  const headers = pairs(variable, env.OTEL_EXPORTER_OTLP_TRACES_HEADERS || env.OTEL_EXPORTER_OTLP_HEADERS);
  for (const [name, value] of Object.entries(headers))
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
      throw new Error(`${variable} holds what cannot be a header.`);
  return headers;
}

function milliseconds(env: Environment, variable: string): number | undefined {
  if (!env[variable]) return undefined;
  const ms = Number(env[variable]);
  if (ms > 0 && ms <= 2 ** 31 - 1) return ms; // what a timer takes
  throw new Error(`${variable} must be a number of milliseconds, not ${JSON.stringify(env[variable])}.`);
}

/** `127.0.0.1:2000`, or with each protocol's own as in `tcp:127.0.0.1:2000 udp:127.0.0.2:2001`. */
function overUdp(address: string | undefined): Receiver | undefined {
  const [, host, port] = /(?:^|\budp:)([^\s:]+):(\d{1,5})(?:\s|$)/.exec(address?.trim() ?? '') ?? [];
  return host === undefined ? undefined : { via: 'udp', host, port: Number(port) };
}

/** Where the platform traces, it decides, and says so with each visit. */
function samplerIn(env: Environment, { via }: Receiver): Sampler {
  const name = env.OTEL_TRACES_SAMPLER || (via === 'udp' ? 'parentbased_always_off' : 'parentbased_always_on');
  const toSampler = Object.hasOwn(samplers, name) ? samplers[name] : undefined;
  if (toSampler === undefined)
    throw new Error(`OTEL_TRACES_SAMPLER is ${JSON.stringify(name)}; there are ${Object.keys(samplers).join(', ')}.`);
  const share = Number(env.OTEL_TRACES_SAMPLER_ARG || 1);
  if (!(share >= 0 && share <= 1))
    throw new Error('OTEL_TRACES_SAMPLER_ARG must be a share from 0 to 1, such as 0.05.');
  return toSampler(share);
}

function resourceOf(env: Environment): Attributes {
  const inLambda = env.AWS_LAMBDA_FUNCTION_NAME !== undefined;
  return {
    'service.name': env.OTEL_SERVICE_NAME || 'sluice',
    ...(inLambda && {
      'cloud.provider': 'aws',
      'cloud.region': env.AWS_REGION,
      'cloud.platform': 'aws_lambda',
      'faas.name': env.AWS_LAMBDA_FUNCTION_NAME,
      'faas.version': env.AWS_LAMBDA_FUNCTION_VERSION,
      'faas.instance': env.AWS_LAMBDA_LOG_STREAM_NAME,
    }),
    ...pairs('OTEL_RESOURCE_ATTRIBUTES', env.OTEL_RESOURCE_ATTRIBUTES),
    ...(env.OTEL_SERVICE_NAME && { 'service.name': env.OTEL_SERVICE_NAME }),
  };
}

/** `name=value,other=value`, percent-encoded. Values may be secret, so a message does not quote them. */
function pairs(variable: string, text: string | undefined): Record<string, string> {
  const parts = (text ?? '').split(',').filter((part) => part.trim() !== '');
  return Object.fromEntries(
    parts.map((part) => {
      const [, name, value = ''] = /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(part) ?? [];
      if (name === undefined) throw new Error(`${variable} must be a list such as name=value,other=value.`);
      return [name, decoded(variable, value)];
    }),
  );
}

function decoded(variable: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new Error(`${variable} holds a % that encodes nothing.`);
  }
}
