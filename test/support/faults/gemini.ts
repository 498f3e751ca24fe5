import { inJson, sent, type Writing } from './writing.ts';

/** Google's words for a status. https://cloud.google.com/apis/design/errors#handling_errors */
const words: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

const errorOf = (code: number) => ({ error: { code, message: 'No.', status: words[code] ?? 'UNKNOWN' } });

const chunk = (parts: readonly object[], usageMetadata: object) =>
  sent({
    candidates: [{ content: { parts, role: 'model' }, index: 0 }],
    usageMetadata,
    modelVersion: 'm',
    responseId: 'r1',
  });

/** A stream of Gemini's generateContent: every chunk with content counts what there is so far. */
export const gemini: Writing = {
  type: 'text/event-stream',
  opening: chunk([{ text: '' }], { trafficType: 'ON_DEMAND' }),
  said: chunk([{ text: 'Hello' }], { promptTokenCount: 10, candidatesTokenCount: 1, totalTokenCount: 11 }),
  unfinished: 'data: [DONE]\n\n', // some proxies end so
  malformed: 'data: {"candidates":[{"cont\n\n',
  failing: sent(errorOf(503)),
  error: JSON.stringify([errorOf(503)]),
  refusal: (status) => inJson(errorOf(status)),
};
