import { type Connected, connected } from './connected.ts';
import { several } from './several.ts';
import type { Timer } from './timer.ts';

/** A request to a provider, ready to leave: over HTTP, or through the AWS SDK, which signs and frames by itself. */
export type Outbound = HttpOutbound | EachOutbound | ConverseOutbound | InvokeOutbound | GuardrailOutbound;

export type HttpOutbound = {
  readonly via: 'http';
  readonly method: 'POST' | 'GET';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
};

/** Several requests to one address that are one call: all are answered, a line each, or the first refusal is the answer. */
export type EachOutbound = Omit<HttpOutbound, 'via' | 'body'> & {
  readonly via: 'each';
  /** A JSON array of the bodies. */
  readonly body: string;
};

export type ConverseOutbound = {
  readonly via: 'converse';
  /** Where the service is, when it is not where the SDK knows it to be. */
  readonly endpoint?: string;
  readonly region: string;
  /** A model id, an inference profile or the ARN of one. */
  readonly model: string;
  /** The rest of a ConverseStream input as JSON, its bytes in base64. */
  readonly body: string;
  /** A bearer token; without it the request is signed with the process's own AWS credentials. */
  readonly token?: string;
};

/** Several InvokeModel calls of one model that are one call, as for `each`. */
export type InvokeOutbound = Omit<ConverseOutbound, 'via' | 'body'> & {
  readonly via: 'invoke';
  /** A JSON array of the bodies. Each line of the answer is `{"tokens":…,"answer":…}`, with the tokens the service counted. */
  readonly body: string;
};

/** The question to a guardrail of AWS's whether texts may pass; the rest of an ApplyGuardrail input is JSON. */
export type GuardrailOutbound = Omit<ConverseOutbound, 'via' | 'model'> & {
  readonly via: 'guardrail';
  readonly guardrail: string;
  readonly version: string;
};

/** A provider's answer; its body must be read to the end or cancelled by leaving the loop. */
export type Inbound = {
  /** For `converse`: of the refusal, or 200 once events arrive, each a line of JSON. */
  readonly status: number;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: AsyncIterable<Uint8Array>;
  /** Of a refusal: requests of the same call were answered before it, and may cost. */
  readonly partly?: boolean;
};

/** Sends a request and resolves with the head of the answer. Redirects are not followed: a credential stays with its host. */
export type Send = (outbound: Outbound, signal: AbortSignal, reach?: Reach) => Promise<Inbound>;

/** How far a request goes to find its host. */
export type Reach = {
  /** How long a connection may take to come about, its TLS included; 5 s when it is not said. Each value has connections of its own. */
  readonly connectMs?: number | undefined;
};

/** How long a connection may take to come about when nobody says. */
export const CONNECT_MS = 5_000;

/** A sender with its own kept connections, one pool a host. What met a dead one is sent a second time, once. */
export function httpSend(timer: Timer, now: () => number): Send {
  const known = new Map<number, Connected>();
  const connectedIn = (ms: number): Connected => {
    const found = known.get(ms) ?? connected(ms, timer, now);
    known.set(ms, found);
    return found;
  };
  const send: Send = async (outbound, signal, reach) => {
    if (outbound.via === 'each') {
      const bodies: readonly unknown[] = JSON.parse(outbound.body);
      return several(bodies, (body) => send({ ...outbound, via: 'http', body: JSON.stringify(body) }, signal, reach));
    }
    if (outbound.via !== 'http') throw new Error(`HTTP cannot send what goes via ${outbound.via}.`);
    const { method, url, headers, body } = outbound;
    const { origin, pathname, search } = new URL(url);
    const ask = connectedIn(reach?.connectMs ?? CONNECT_MS);
    return ask({ origin, path: `${pathname}${search}`, method, headers, body, signal });
  };
  return send;
}
