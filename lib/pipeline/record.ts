import type { Attempt, Bill, CallRecord, World } from '../world.ts';
import type { Tally } from './tally.ts';

/** Writes the call down: once in the journal, once as a line for operators. Gives its bill as it stands in the journal. */
export async function record(tally: Tally, world: World): Promise<Bill> {
  const ended = toRecord(tally, world);
  const kept = await tally.capture?.keep({ ...ended, limit: tally.limit() }, world);
  const call = kept === undefined ? ended : { ...ended, ...kept }; // its times are those from before
  const cause = tally.failure()?.cause;
  if (call.errorCode === 'internal_error')
    world.log.error('The gateway failed.', {
      id: call.id,
      cause: String(cause instanceof Error ? cause.stack : cause),
    });
  world.log.info('call', call);
  const [bill] = await Promise.all([world.journal.record(call), world.metrics.call(call)]);
  return bill;
}

function toRecord(tally: Tally, { region }: World): CallRecord {
  const { visit, caller, version, redaction } = tally;
  const { trace } = visit;
  const { route, arm } = tally.routed;
  const { request, labels } = tally.ask;
  const model = tally.model();
  const firstContentMs = tally.firstContentMs();
  const finish = tally.finish();
  const failure = tally.failure();
  const errorCode = failure?.code ?? (tally.unread() ? 'client_closed' : undefined);
  const feature = caller.feature ?? labels.feature;
  return {
    ...labels,
    ...(feature === undefined ? {} : { feature }),
    id: visit.id,
    ...(trace === undefined ? {} : { traceId: trace.traceId }),
    ...(tally.mark === undefined ? {} : { mark: tally.mark }),
    at: visit.startedAt,
    tenant: caller.tenant,
    keyId: caller.keyId,
    endpoint: tally.endpoint,
    stream: request.stream === true,
    requestedModel: request.model,
    ...(route === undefined ? {} : { route }),
    ...(arm === undefined ? {} : { arm }),
    ...(model === undefined ? {} : { model }),
    attempts: tally.attempts().map(withoutWords),
    status: errorCode === undefined ? 'ok' : 'failed',
    ...(errorCode === undefined ? {} : { errorCode }),
    ...(finish === undefined ? {} : { finish }),
    ...tally.cache.record(errorCode !== undefined),
    bill: tally.bill(),
    ...(firstContentMs === undefined ? {} : { firstContentMs: rounded(firstContentMs) }),
    totalMs: rounded(tally.totalMs()),
    ownMs: rounded(tally.ownMs()),
    ...(redaction === undefined ? {} : { redaction }),
    ...tally.guardrails.record(),
    ...(version === undefined ? {} : { configVersion: version }),
    ...(region === undefined ? {} : { region }),
  };
}

const rounded = (ms: number) => Math.round(ms * 100) / 100;

/** A provider's own sentence may quote the prompt it refuses; the caller may read it, a record may not. */
const withoutWords = ({ message: _, ms, ...attempt }: Attempt): Attempt => ({ ...attempt, ms: rounded(ms) });
