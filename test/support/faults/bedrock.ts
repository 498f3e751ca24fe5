import { eventFrame, exceptionFrame } from '../event-stream.ts';
import { inJson, type Writing } from './writing.ts';

/** Names of the service's exceptions. https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html#API_runtime_ConverseStream_Errors */
const names: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  404: 'ResourceNotFoundException',
  429: 'ThrottlingException',
  500: 'InternalServerException',
  503: 'ServiceUnavailableException',
};

/** A frame whose checksum is wrong. */
function damaged(frame: Uint8Array): Uint8Array {
  const bytes = Uint8Array.from(frame);
  const last = bytes.length - 1;
  bytes[last] = (bytes[last] ?? 0) ^ 1;
  return bytes;
}

const hello = eventFrame('contentBlockDelta', { contentBlockIndex: 0, delta: { text: 'Hello' } });

/** A ConverseStream of Bedrock, in frames. */
export const bedrock: Writing = {
  type: 'application/vnd.amazon.eventstream',
  opening: eventFrame('messageStart', { role: 'assistant' }),
  said: hello,
  unfinished: eventFrame('contentBlockStop', { contentBlockIndex: 0 }),
  malformed: damaged(hello),
  failing: exceptionFrame('serviceUnavailableException', 'Overloaded'),
  error: JSON.stringify({ message: 'Overloaded' }),
  refusal: (status) =>
    inJson(
      { message: 'No.' },
      names[status] === undefined
        ? {}
        : { 'x-amzn-errortype': `${names[status]}:http://internal.amazon.com/coral/com.amazon.bedrock/` },
    ),
};
