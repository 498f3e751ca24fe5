import { describe, expect, test } from 'vitest';
import { toTraceSettings } from '../../lib/traces/settings.ts';

const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:4318';
const AWS_XRAY_DAEMON_ADDRESS = '169.254.79.129:2000';
const http = { OTEL_EXPORTER_OTLP_ENDPOINT };

test('nobody who is not asked to traces', () => {
  for (const env of [
    {},
    { OTEL_SERVICE_NAME: 'x' },
    { ...http, OTEL_SDK_DISABLED: 'TRUE' },
    { ...http, OTEL_TRACES_EXPORTER: 'none' },
  ])
    expect(toTraceSettings(env)).toBeUndefined();
});

describe('spans go', () => {
  test('to the collector of the endpoint, or to the very address that is for traces', () => {
    const urlOf = (env: object) => {
      const receiver = toTraceSettings({ ...env })?.receiver;
      return receiver?.via === 'http' && receiver.url;
    };
    expect(urlOf(http)).toBe('http://127.0.0.1:4318/v1/traces');
    expect(urlOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'https://otel.example/base/' })).toBe(
      'https://otel.example/base/v1/traces',
    );
    expect(urlOf({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://x:4318/?k=1' })).toBe('http://x:4318/v1/traces?k=1');
    expect(urlOf({ ...http, OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://t.example/in' })).toBe('https://t.example/in');
  });

  test('with the headers that are named, percent-encoded', () => {
    const { receiver } =
      toTraceSettings({ ...http, OTEL_EXPORTER_OTLP_HEADERS: 'api-key=a%2Cb=c , x-team = red' }) ?? {};
    expect(receiver).toMatchObject({ headers: { 'api-key': 'a,b=c', 'x-team': 'red' }, timeoutMs: 10_000 });
  });

  test('to the daemon beside a function, in either way its address is written', () => {
    for (const address of [AWS_XRAY_DAEMON_ADDRESS, `tcp:127.0.0.1:1 udp:${AWS_XRAY_DAEMON_ADDRESS}`])
      expect(toTraceSettings({ AWS_XRAY_DAEMON_ADDRESS: address })?.receiver).toEqual({
        via: 'udp',
        host: '169.254.79.129',
        port: 2000,
      });
    expect(toTraceSettings({ ...http, AWS_XRAY_DAEMON_ADDRESS })?.receiver.via).toBe('http');
    expect(toTraceSettings({ AWS_XRAY_DAEMON_ADDRESS: 'nonsense' })).toBeUndefined();
  });
});

test('what is wrong is told with the name of the variable, and no secret', () => {
  const wrong = {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
    OTEL_EXPORTER_OTLP_TIMEOUT: 'soon',
    OTEL_BSP_SCHEDULE_DELAY: '-1',
    OTEL_EXPORTER_OTLP_HEADERS: 'secret',
    OTEL_RESOURCE_ATTRIBUTES: 'a=%zz',
    OTEL_EXPORTER_OTLP_COMPRESSION: 'br',
    OTEL_TRACES_EXPORTER: 'console',
    OTEL_TRACES_SAMPLER: 'xray',
    OTEL_TRACES_SAMPLER_ARG: '5',
  };
  for (const [variable, value] of Object.entries(wrong))
    expect(() => toTraceSettings({ ...http, [variable]: value }), variable).toThrow(variable);
  const secrets = {
    OTEL_EXPORTER_OTLP_HEADERS: ['secret', 'authorization=secret%0Asecret'],
    OTEL_EXPORTER_OTLP_ENDPOINT: ['http://secret:secret@127.0.0.1:4318', 'secret:4318'],
  };
  for (const [variable, values] of Object.entries(secrets))
    for (const value of values) {
      expect(() => toTraceSettings({ ...http, [variable]: value })).toThrow(variable);
      expect(() => toTraceSettings({ ...http, [variable]: value })).not.toThrow(/secret/);
    }
});

test('what all spans have in common says which service they are of, and where it runs', () => {
  expect(toTraceSettings(http)?.resource).toEqual({ 'service.name': 'sluice' });
  const env = {
    AWS_XRAY_DAEMON_ADDRESS,
    AWS_REGION: 'eu-central-1',
    AWS_LAMBDA_FUNCTION_NAME: 'gateway',
    AWS_LAMBDA_FUNCTION_VERSION: '7',
    OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=prod,service.name=other',
    OTEL_SERVICE_NAME: 'llm',
  };
  expect(toTraceSettings(env)?.resource).toEqual({
    'service.name': 'llm',
    'cloud.provider': 'aws',
    'cloud.region': 'eu-central-1',
    'cloud.platform': 'aws_lambda',
    'faas.name': 'gateway',
    'faas.version': '7',
    'deployment.environment.name': 'prod',
  });
});

describe('which traces are kept', () => {
  const samplerOf = (env: object) => toTraceSettings({ ...http, ...env })?.sampler;
  const kept = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), sampled: true };
  const [low, high] = ['0'.repeat(32), 'f'.repeat(32)];

  test('is what the caller decided; all others are kept', () => {
    const sampler = samplerOf({});
    expect([sampler?.(kept, low), sampler?.({ ...kept, sampled: false }, high), sampler?.(undefined, low)]).toEqual([
      true,
      false,
      true,
    ]);
  });

  test('may be a share of them, of which a caller may or may not decide', () => {
    const ofParent = samplerOf({ OTEL_TRACES_SAMPLER: 'parentbased_traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' });
    expect([ofParent?.(kept, low), ofParent?.(undefined, low), ofParent?.(undefined, high)]).toEqual([
      true,
      false,
      true,
    ]);
    const alone = samplerOf({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0.25' });
    expect([alone?.(kept, low), alone?.({ ...kept, sampled: false }, high)]).toEqual([false, true]);
    const ids = Array.from(
      { length: 4_000 },
      (_, at) => `${'0'.repeat(18)}${((at * 2 ** 56) / 4_000).toString(16).padStart(14, '0')}`,
    );
    expect(ids.filter((id) => alone?.(undefined, id)).length).toBe(1_000);
  });

  test('is what the platform decided, where it traces', () => {
    const sampler = toTraceSettings({ AWS_XRAY_DAEMON_ADDRESS })?.sampler;
    expect([sampler?.(kept, low), sampler?.(undefined, high)]).toEqual([true, false]);
  });
});
