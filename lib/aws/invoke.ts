import type { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import type { Inbound, Send } from '../wire/send.ts';
import { once, several } from '../wire/several.ts';
import type { Patience } from './fresh-handler.ts';
import { runtimeClients, type Sdk, USUAL } from './runtime-clients.ts';
import { toRefusal } from './runtime-refusal.ts';

/** Sends what goes via `invoke` through the AWS SDK, which signs it, and all else as before. */
export function withInvoke(send: Send, now: () => number, patience: Patience = USUAL): Send {
  const clientFor = runtimeClients(patience, now);
  return async (outbound, signal, reach) => {
    if (outbound.via !== 'invoke') return send(outbound, signal, reach);
    const sdk = await import('@aws-sdk/client-bedrock-runtime'); // here, so that a gateway without it starts faster
    const client = clientFor(outbound, sdk, reach);
    const bodies: readonly unknown[] = JSON.parse(outbound.body);
    return several(bodies, (body) =>
      invoked({ modelId: outbound.model, body: JSON.stringify(body) }, { client, sdk, signal }),
    );
  };
}

type Call = { readonly modelId: string; readonly body: string };
type Means = { readonly client: BedrockRuntimeClient; readonly sdk: Sdk; readonly signal: AbortSignal };

async function invoked({ modelId, body }: Call, { client, sdk, signal }: Means): Promise<Inbound> {
  const type = 'application/json';
  const command = new sdk.InvokeModelCommand({ modelId, body, contentType: type, accept: type });
  let tokens: number | undefined;
  command.middlewareStack.add(
    (next) => async (given) => {
      const result = await next(given);
      tokens = countIn(result.response);
      return result;
    },
    { step: 'deserialize' },
  );
  try {
    const { body: answer } = await client.send(command, { abortSignal: signal });
    return {
      status: 200,
      headers: {},
      body: once(`{"tokens":${tokens ?? null},"answer":${answer.transformToString()}}`),
    };
  } catch (error) {
    return toRefusal(error, sdk);
  }
}

/** The tokens the service counted: it tells them in a header, `x-amzn-…-input-token-count`, that the SDK does not hand on. */
function countIn(response: unknown): number | undefined {
  if (typeof response !== 'object' || response === null || !('headers' in response)) return undefined;
  const count = Object.entries(response.headers ?? {}).find(([name]) => name.endsWith('-input-token-count'))?.[1];
  return /^\d{1,12}$/.test(String(count)) ? Number(count) : undefined;
}
