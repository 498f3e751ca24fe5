import { GatewayError } from '../errors.ts';
import type { Visit } from '../pipeline/visit.ts';

type Circumstances = Pick<Visit, 'signal' | 'over' | 'id' | 'startedAt' | 'startedTick' | 'platformTrace'>;
type Request = Omit<Visit, keyof Circumstances>;
type Fields = Readonly<Record<string, unknown>>;

/** Reads the event of a function URL or of a REST API; gives the refusal of any other event. */
export function toVisit(event: unknown, circumstances: Circumstances): Visit | GatewayError {
  const request = isFields(event) ? (fromFunctionUrl(event) ?? fromRestApi(event)) : undefined;
  if (request === undefined) {
    return new GatewayError('invalid_request_error', {
      message: 'This function answers HTTP requests only; call it through its function URL or a REST API.',
    });
  }
  return { ...request, ...circumstances };
}

// Payload format 2.0: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
function fromFunctionUrl(event: Fields): Request | undefined {
  const { rawPath, requestContext } = event;
  const http = isFields(requestContext) ? requestContext.http : undefined;
  if (typeof rawPath !== 'string' || !isFields(http) || typeof http.method !== 'string') return undefined;
  return { method: http.method, path: rawPath, headers: toHeaders(event.headers), body: toBody(event) };
}

// Payload format 1.0, whose `path` leaves the stage out:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html
function fromRestApi(event: Fields): Request | undefined {
  const { httpMethod, path } = event;
  if (typeof httpMethod !== 'string' || typeof path !== 'string') return undefined;
  // `headers` keeps only the last of repeated ones.
  const headers = { ...toHeaders(event.headers), ...toHeaders(event.multiValueHeaders) };
  return { method: httpMethod, path, headers, body: toBody(event) };
}

function toHeaders(headers: unknown): Record<string, string> {
  if (!isFields(headers)) return {};
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) => {
      const values = (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
      return values.length === 0 ? [] : [[name.toLowerCase(), values.join(',')]];
    }),
  );
}

function toBody({ body, isBase64Encoded }: Fields): Uint8Array {
  return typeof body === 'string' ? Buffer.from(body, isBase64Encoded === true ? 'base64' : 'utf8') : new Uint8Array();
}

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
