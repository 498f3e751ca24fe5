import type { Price } from '../catalog/price.ts';
import type { GatewayError } from '../errors.ts';
import type { ChatCompletion, ChatStream } from '../openai/answer.ts';
import type { ChatRequest } from '../openai/request.ts';
import type { Outbound } from '../wire/send.ts';

/** A place that answers: where it is, how it is paid for, and how it speaks. */
export type Provider = {
  readonly name: string;
  readonly baseUrl: string;
  /** A reference to the credential, `env:NAME` or `secret:NAME`; none for a host that asks for none. */
  readonly credential?: string;
  /** Puts the credential on a request; refuses one that would leave the provider's own host. */
  readonly authorize: (outbound: Outbound, secret: string | undefined) => Outbound;
  readonly chat: ChatDialect;
};

/** One call we are willing to make. */
export type Target = {
  /** `provider/model`. */
  readonly name: string;
  readonly provider: Provider;
  /** The provider's own name of the model. */
  readonly model: string;
  readonly price: Price;
};

/** What every chunk of one answer has in common, for providers that leave it out. */
export type Stamp = { readonly id: string; readonly created: number; readonly model: string };

/** A provider's chat language, both ways. Pure: what state a translation needs lives in the generator's locals. */
export type ChatDialect = {
  /** The request in the provider's words; throws for what would change its meaning. */
  toProvider(
    request: ChatRequest,
    target: Target,
  ): { readonly outbound: Outbound; readonly dropped: readonly string[] };
  /** A streamed answer. Fails when the provider stops before it is finished: a stream that ends early is an error. */
  fromStream(body: AsyncIterable<Uint8Array>, stamp: Stamp, provider: string): ChatStream;
  /** An unstreamed answer. */
  fromWhole(body: string, stamp: Stamp, provider: string): ChatCompletion;
  /** A refusal: its code, blame and Retry-After. Never quotes more than the provider's own message. */
  toError(
    status: number,
    headers: Readonly<Record<string, string | undefined>>,
    body: string,
    provider: string,
  ): GatewayError;
};
