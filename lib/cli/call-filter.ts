import type { RecordedCall } from '../aws/recorded-calls.ts';
import { toOneOf } from './flag-values.ts';
import { given, type Options } from './options.ts';
import { Wrong } from './wrong.ts';

/** What a call must be to be listed; what is left out may be anything. */
export type CallFilter = {
  readonly tenant?: string | undefined;
  readonly keyId?: string | undefined;
  readonly feature?: string | undefined;
  readonly user?: string | undefined;
  readonly model?: string | undefined;
  readonly status?: 'ok' | 'failed' | undefined;
};

const toStatus = toOneOf(['ok', 'failed']);

/** The filter that options name. */
export function toFilter(options: Options): CallFilter {
  const status = given(options, 'status');
  return {
    tenant: given(options, 'tenant'),
    keyId: given(options, 'key'),
    feature: given(options, 'feature'),
    user: given(options, 'user'),
    model: given(options, 'model'),
    ...(status !== undefined && { status: toStatus(status, '--status') }),
  };
}

/** Whether a call is one of those. A record that cannot be read whole is judged by what can be read of it. */
export function fits({ tenant, told }: RecordedCall, filter: CallFilter): boolean {
  const { keyId, feature, user, model, status } = filter;
  return (
    (filter.tenant === undefined || filter.tenant === tenant) &&
    (keyId === undefined || keyId === told.keyId) &&
    (feature === undefined || feature === told.feature) &&
    (user === undefined || user === told.user) &&
    (model === undefined || model === told.model || model === told.requestedModel) &&
    (status === undefined || (status === 'ok') === (told.status === 'ok'))
  );
}

/** A request's id; throws for what cannot be one. */
export function requestId(text: string): string {
  if (/^req_\w{1,64}$/.test(text)) return text;
  throw new Wrong(
    `${JSON.stringify(text)} is no request id. One looks like req_01…; x-request-id of an answer tells it.`,
  );
}
