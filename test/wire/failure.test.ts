import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../lib/errors.ts';
import { toFailure } from '../../lib/wire/failure.ts';

const running = new AbortController().signal;
const coded = (code: string) => Object.assign(new Error(`secret detail ${code}`), { code });

describe('a failure between us and a provider', () => {
  test.each(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT'])(
    'called %s is a timeout of the provider',
    (code) => {
      expect(toFailure(coded(code), 'lab', running)).toMatchObject({
        code: 'timeout',
        status: 504,
        source: 'provider',
      });
    },
  );

  test.each(['ECONNRESET', 'ECONNREFUSED', 'ENOTFOUND', 'UND_ERR_SOCKET', 'EPROTO', 'CERT_HAS_EXPIRED', 'HPE_INVALID'])(
    'called %s is a provider out of reach: the moment is to blame, and the name is told',
    (code) => {
      const failure = toFailure(coded(code), 'lab', running);
      expect(failure).toMatchObject({
        code: 'provider_unreachable',
        blame: 'moment',
        message: `The connection to lab failed (${code}).`,
      });
      expect(failure.cause).toMatchObject({ code });
    },
  );

  test('is named by what lies behind it', () => {
    const error = new TypeError('fetch failed', { cause: new Error('other', { cause: coded('ECONNRESET') }) });
    expect(toFailure(error, 'lab', running)).toMatchObject({ code: 'provider_unreachable' });
  });

  test('that is ours already passes unchanged, whatever became of the call', () => {
    const ours = new GatewayError('provider_cut', { message: 'cut', provider: 'lab' });
    const gone = AbortSignal.abort(new GatewayError('client_closed', { message: 'gone' }));
    expect(toFailure(ours, 'lab', running)).toBe(ours);
    expect(toFailure(ours, 'lab', gone)).toBe(ours);
  });

  test('of an aborted call is the reason it was aborted for', () => {
    const reason = new GatewayError('client_closed', { message: 'gone' });
    expect(toFailure(coded('UND_ERR_ABORTED'), 'lab', AbortSignal.abort(reason))).toBe(reason);
    expect(toFailure(reason, 'lab', AbortSignal.abort(reason))).toBe(reason);
  });

  test('that nobody expected keeps its words from the caller and its cause for the operator', () => {
    for (const error of [new TypeError('secret detail'), 'secret detail', undefined, null, 7, { code: 20 }]) {
      const failure = toFailure(error, 'lab', running);
      expect(failure).toMatchObject({ code: 'internal_error', status: 500 });
      expect(failure.message).not.toContain('secret detail');
      expect(failure.cause).toBe(error);
    }
  });

  test('of a call aborted for no reason of ours is no answer of the provider', () => {
    expect(toFailure(new DOMException('x', 'AbortError'), 'lab', AbortSignal.abort())).toMatchObject({ status: 500 });
  });
});
