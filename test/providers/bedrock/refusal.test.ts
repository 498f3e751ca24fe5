import { expect, test } from 'vitest';
import { converseDialect } from '../../../lib/providers/bedrock/bedrock.ts';

const told = (status: number, type: string | undefined, message: string, more: Record<string, string> = {}) =>
  converseDialect.toError(status, { 'x-amzn-errortype': type, ...more }, JSON.stringify({ message }), 'bedrock');

test.each([
  [400, 'ValidationException:http://internal.amazon.com/coral/', 'Bad field.', 'invalid_request_error'],
  [400, 'ValidationException', 'Input is too long for requested model.', 'context_length_exceeded'],
  [
    400,
    'ValidationException',
    'Input Tokens Exceeded: Number of input tokens exceeds maximum length.',
    'context_length_exceeded',
  ],
  [400, 'ValidationException', 'prompt is too long: 204807 tokens > 200000 maximum', 'context_length_exceeded'],
  [
    400,
    'ValidationException',
    'The maximum tokens you requested exceeds the model limit of 8192.',
    'invalid_request_error',
  ],
  [400, 'ValidationException', 'The stop sequence is too long.', 'invalid_request_error'],
  [400, 'ValidationException', 'The tool name exceeds maximum length.', 'invalid_request_error'],
  [400, 'ValidationException', 'The provided model identifier is invalid.', 'unsupported_parameter'],
  [
    400,
    'ValidationException',
    'Invocation of model ID x with on-demand throughput isn’t supported.',
    'unsupported_parameter',
  ],
  [403, 'AccessDeniedException', 'Not yours.', 'provider_credentials'],
  [403, 'UnrecognizedClientException', 'Unknown token.', 'provider_credentials'],
  [403, 'ExpiredTokenException', 'Old.', 'provider_credentials'],
  [403, 'CredentialsProviderError', 'Could not load credentials from any providers', 'provider_credentials'],
  [404, 'ResourceNotFoundException', 'End of life.', 'model_not_found'],
  [408, 'ModelTimeoutException', '', 'timeout'],
  [424, 'ModelErrorException', '', 'provider_error'],
  [429, 'ThrottlingException', 'Too many tokens, please wait before trying again.', 'rate_limit_exceeded'],
  [429, 'ModelNotReadyException', '', 'rate_limit_exceeded'],
  [400, 'ServiceQuotaExceededException', '', 'rate_limit_exceeded'],
  [500, 'InternalServerException', '', 'provider_error'],
  [503, 'ServiceUnavailableException', '', 'provider_overloaded'],
  [503, 'ServiceUnavailableException', 'Model is getting throttled. Try your request again.', 'rate_limit_exceeded'],
  [503, undefined, 'Model is getting throttled. Try your request again.', 'rate_limit_exceeded'],
  [413, 'Unknown', '', 'request_too_large'],
  [301, 'Unknown', '', 'provider_error'],
  [502, 'SyntaxError', '', 'provider_error'],
])('%i %s (%s) is %s', (status, type, message, code) => {
  expect(told(status, type, message)).toMatchObject({ code, source: 'provider', details: { upstreamStatus: status } });
});

test("the caller's own mistakes keep the service's reason", () => {
  expect(told(400, 'ValidationException', 'messages: roles must alternate').message).toBe(
    'messages: roles must alternate',
  );
  expect(told(400, 'ValidationException', ' \n').message).toBe('bedrock refused the request.');
});

test('when to come back is passed on', () => {
  expect(told(429, 'ThrottlingException', '', { 'retry-after': '7' }).details.retryAfterMs).toBe(7000);
});

test('keys and accounts stay inside', () => {
  const message =
    'AKIAIOSFODNN7EXAMPLE and Bearer abc.def and arn:aws:bedrock:us-east-1:123456789012:inference-profile/x';
  expect(told(400, 'ValidationException', message).message).toBe(
    '[key] and Bearer [key] and arn:aws:bedrock:us-east-1:[account]:inference-profile/x',
  );
});

test('a body that is no JSON, and one of HTML, still make an error', () => {
  expect(converseDialect.toError(400, {}, 'plainly wrong', 'bedrock').message).toBe('plainly wrong');
  expect(converseDialect.toError(502, {}, '<html>', 'bedrock').message).toBe('bedrock failed.');
});
