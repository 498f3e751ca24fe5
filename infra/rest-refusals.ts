import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

/** Makes what a REST API refuses or fails at by itself look as what the gateway does: each SDK raises its right class. */
export function speakOpenAi(api: RestApi): void {
  for (const [id, { type, words }] of Object.entries(refusals))
    api.addGatewayResponse(id, { type, templates: { 'application/json': toBody(words) } });
}

type Words = { readonly type: string; readonly code: string };

const caller = { type: 'invalid_request_error', code: 'invalid_request_error' };
const refusals: Readonly<Record<string, { readonly type: ResponseType; readonly words: Words }>> = {
  Throttled: { type: ResponseType.THROTTLED, words: { type: 'rate_limit_error', code: 'rate_limit_exceeded' } },
  TooLarge: { type: ResponseType.REQUEST_TOO_LARGE, words: { ...caller, code: 'request_too_large' } },
  TimedOut: { type: ResponseType.INTEGRATION_TIMEOUT, words: { type: 'server_error', code: 'timeout' } },
  OtherRefusal: { type: ResponseType.DEFAULT_4XX, words: caller },
  OtherFailure: { type: ResponseType.DEFAULT_5XX, words: { type: 'server_error', code: 'gateway_unavailable' } },
};

// The two in dollars are API Gateway's own; the message comes with its quotation marks.
const toBody = ({ type, code }: Words): string =>
  `{"error":{"message":$context.error.messageString,"type":"${type}","param":null,"code":"${code}","source":"gateway","request_id":"$context.requestId"}}`;
