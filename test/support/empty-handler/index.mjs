/* global awslambda */

/** The least a streaming handler can do. */
export const handler = awslambda.streamifyResponse(async (_event, responseStream) => {
  const out = awslambda.HttpResponseStream.from(responseStream, { statusCode: 200, headers: {} });
  out.write('');
  out.end();
});
