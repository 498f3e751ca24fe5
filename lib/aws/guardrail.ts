import type { ApplyGuardrailCommandInput } from '@aws-sdk/client-bedrock-runtime';
import type { GuardrailOutbound, Send } from '../wire/send.ts';
import { once } from '../wire/several.ts';
import type { Patience } from './fresh-handler.ts';
import { runtimeClients, USUAL } from './runtime-clients.ts';
import { toRefusal } from './runtime-refusal.ts';

/** Sends what goes via `guardrail` through the AWS SDK, which signs it, and all else as before. */
export function withGuardrail(send: Send, now: () => number, patience: Patience = USUAL): Send {
  const clientFor = runtimeClients(patience, now);
  return async (outbound, signal, reach) => {
    if (outbound.via !== 'guardrail') return send(outbound, signal, reach);
    const sdk = await import('@aws-sdk/client-bedrock-runtime'); // here, so that a gateway without it starts faster
    try {
      const command = new sdk.ApplyGuardrailCommand(toInput(outbound));
      const { $metadata: _, ...answer } = await clientFor(outbound, sdk, reach).send(command, { abortSignal: signal });
      return { status: 200, headers: {}, body: once(JSON.stringify(answer)) };
    } catch (error) {
      return toRefusal(error, sdk);
    }
  };
}

const toInput = ({ guardrail, version, body }: GuardrailOutbound): ApplyGuardrailCommandInput => ({
  ...JSON.parse(body),
  guardrailIdentifier: guardrail,
  guardrailVersion: version,
});
