import type { ConverseStreamCommandInput } from '@aws-sdk/client-bedrock-runtime';
import { parseJson } from '../json-text.ts';
import { either } from '../wire/either.ts';
import type { ConverseOutbound, Send } from '../wire/send.ts';
import { converseLines } from './converse-lines.ts';
import type { Patience } from './fresh-handler.ts';
import { runtimeClients, USUAL } from './runtime-clients.ts';
import { responseOf, toRefusal } from './runtime-refusal.ts';

/** Sends what goes via `converse` through the AWS SDK, which signs it and frames the answer, and all else as before. */
export function withConverse(send: Send, now: () => number, patience: Patience = USUAL): Send {
  const clientFor = runtimeClients(patience, now);
  return async (outbound, signal, reach) => {
    if (outbound.via !== 'converse') return send(outbound, signal, reach);
    const sdk = await import('@aws-sdk/client-bedrock-runtime'); // here, so that a gateway without it starts faster
    const hangUp = new AbortController();
    try {
      const command = new sdk.ConverseStreamCommand(toInput(outbound));
      const abortSignal = either(signal, hangUp.signal);
      const { stream } = await clientFor(outbound, sdk, reach).send(command, { abortSignal });
      return { status: 200, headers: {}, body: converseLines(stream ?? none(), () => hangUp.abort()) };
    } catch (error) {
      // The SDK waits for the first event: what is wrong with it begins the body.
      if (Number(responseOf(error)?.statusCode) < 300)
        return { status: 200, headers: {}, body: converseLines(failing(error), () => hangUp.abort()) };
      return toRefusal(error, sdk);
    }
  };
}

type Block = Record<string, unknown>;

/** The request as the SDK takes it: what JSON carries in base64 becomes bytes. */
function toInput({ model, body }: ConverseOutbound): ConverseStreamCommandInput {
  const input = Object(parseJson(body));
  for (const { content } of input.messages) content.forEach(revive);
  return { ...input, modelId: model };
}

/** Only where the service expects bytes: a tool's input may have fields of the same names. */
function revive(block: Block): void {
  for (const kind of ['image', 'document', 'video']) toBytes(inside(block[kind]).source, 'bytes');
  toBytes(block.reasoningContent, 'redactedContent');
  const { content } = inside(block.toolResult);
  if (Array.isArray(content)) content.forEach(revive);
}

function toBytes(holder: unknown, field: string): void {
  const fields = inside(holder);
  const value = fields[field];
  if (typeof value === 'string') fields[field] = Buffer.from(value, 'base64');
}

/** The very object, for it is changed in place. */
const inside = (value: unknown): Block => (typeof value === 'object' && value !== null ? (value as Block) : {});

async function* none(): AsyncIterable<never> {}

/** A stream whose first event is its failure. */
const failing = (error: unknown): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
});
