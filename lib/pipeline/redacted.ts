import type { Caller } from '../caller.ts';
import type { RedactionPolicy } from '../config/redaction-policy.ts';
import { GatewayError } from '../errors.ts';
import type { JsonObject } from '../openai/json.ts';
import { openAllowance } from '../redaction/allowance.ts';
import { restored, wayBack } from '../redaction/answer.ts';
import { labelMark, tenantHash } from '../redaction/label-mark.ts';
import { masking, refusal } from '../redaction/masking.ts';
import { hidden } from '../redaction/request.ts';
import { rewritten } from '../redaction/rewritten.ts';
import type { Scanner } from '../redaction/scanner.ts';
import { openScanners, type Scanners } from '../redaction/scanners.ts';
import { restoredStream } from '../redaction/stream.ts';
import { openVault } from '../redaction/vault.ts';
import type { World } from '../world.ts';
import type { Labels } from './headers.ts';
import type { Ask } from './parse.ts';
import type { Protected } from './protected.ts';
import type { Visit } from './visit.ts';

type Asking = { readonly visit: Visit; readonly caller: Caller };

/** A request without what its policy does not let leave; throws the refusal of one that is to be blocked. */
export async function redacted<Request extends JsonObject>(
  ask: Ask<Request>,
  policy: RedactionPolicy,
  { visit, caller }: Asking,
  world: World,
): Promise<Protected<Request>> {
  const scanner = await scannerOf(policy, caller);
  const spend = openAllowance();
  const scan: Scanner = (text) => scanner(text, spend);
  const vault = policy.mode === 'tokens' ? openVault({ scan: scanner, nonce: nonceOf(caller) }) : undefined;
  const hiding = vault ?? masking(scanner);
  const refuse = (kinds: readonly string[]) => {
    if (kinds.length > 0) throw inPlace(kinds);
  };
  refuse(scan(ask.labels.feature ?? '').map(({ kind }) => kind));
  const { request, unscanned } = hidden(ask.request, {
    hide: hiding.hide,
    hideAgain: vault?.hideAgain ?? hiding.hide,
    scan,
    refuse,
  });
  const found = hiding.counts();
  const refused = policy.mode === 'block' ? refusal(found) : undefined;
  if (refused !== undefined) {
    world.log.info('blocked', { id: visit.id, tenant: caller.tenant, keyId: caller.keyId, found });
    throw refused;
  }
  const way = vault && wayBack(ask.request, vault);
  return {
    ask: { ...ask, request, labels: labelsOf(ask.labels, scan, caller) },
    redaction: { mode: policy.mode, found, unscanned },
    restore: (answer) => {
      if (way === undefined) return answer;
      if (answer.kind === 'whole') return { ...answer, completion: restored(answer.completion, way) };
      return { ...answer, chunks: restoredStream(answer.chunks, way) };
    },
  };
}

/** The refusal of a request that holds a value where no other text may stand. */
const inPlace = (kinds: readonly string[]) =>
  new GatewayError('content_filter', {
    message: `The request holds what must not leave the gateway (${[...new Set(kinds)].sort().join(', ')}) where it cannot be taken out: in the name of a model, feature, function or property, in a number that is a parameter, in bytes or the head of a data: URL, or cut in two by the end of a part.`,
  });

/** The same policy has the same scanner, whoever asks: nothing of a request is in it. */
const scanners: Scanners = openScanners();

/** What cannot be looked for lets nothing leave. */
async function scannerOf(policy: RedactionPolicy, { tenant }: Caller): Promise<Scanner> {
  try {
    return await scanners(policy);
  } catch (cause) {
    const why = cause instanceof GatewayError ? cause.message : 'A pattern cannot be read.';
    throw new GatewayError('gateway_unavailable', {
      message: `What must not leave the gateway for tenant ${tenant} is written down wrongly: ${why} Its operator must correct it.`,
      cause,
    });
  }
}

/** Placeholders of one tenant are the same from call to call, or no provider's cache, and none of ours, would know a prompt again. */
const nonceOf = ({ tenant }: Caller): string => tenantHash(tenant, 'placeholders').slice(0, 6);

/** Labels without what is not to leave: a user who is called by an address is still one and the same, by a mark of it. */
function labelsOf(labels: Labels, scan: Scanner, { tenant }: Caller): Labels {
  const mark = (text: string) => rewritten(text, scan, (value) => labelMark(tenant, value));
  const { user, prompt, metadata } = labels;
  return {
    ...labels,
    ...(user !== undefined && { user: mark(user) }),
    ...(prompt !== undefined && { prompt: mark(prompt) }),
    ...(metadata && {
      metadata: Object.fromEntries(Object.entries(metadata).map(([name, text]) => [mark(name), mark(text)])),
    }),
  };
}
