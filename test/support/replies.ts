import { validateHeaderName, validateHeaderValue } from 'node:http';
import { expect } from 'vitest';
import type { Reply } from '../../lib/pipeline/visit.ts';

/** The whole body of a reply, once it could be written: node:http throws for a header it cannot send. */
export async function textOf({ headers, body }: Reply): Promise<string> {
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
  return (await Array.fromAsync(body)).join('');
}

/** Sees that a reply is an error as every OpenAI SDK reads it, and gives its body back. */
export async function errorOf(reply: Reply): Promise<Record<string, unknown>> {
  const body = JSON.parse(await textOf(reply));
  expect(reply.status).toBeGreaterThanOrEqual(400);
  expect(reply.status).toBeLessThan(600);
  expect(reply.headers).toMatchObject({ 'content-type': 'application/json', 'x-request-id': expect.any(String) });
  expect(body).toEqual({
    error: expect.objectContaining({
      message: expect.stringMatching(/\S/),
      type: expect.stringMatching(/^(invalid_request_error|rate_limit_error|server_error)$/),
      code: expect.stringMatching(/^[a-z_]+$/),
      source: expect.stringMatching(/^(gateway|provider)$/),
      request_id: reply.headers['x-request-id'],
    }),
  });
  expect('param' in body.error).toBe(true);
  return body.error;
}
