import type { Price } from '../catalog/price.ts';
import type { Stated } from '../catalog/terms.ts';
import type { ProviderConfig } from '../config/config.ts';
import type { GuardrailConfig } from '../config/guard-policy.ts';
import type { GatewayError } from '../errors.ts';
import type { ChatCompletion, ChatStream, UsageView } from '../openai/answer.ts';
import type { ChatRequest } from '../openai/request.ts';
import type { Outbound } from '../wire/send.ts';
import type { EmbedDialect } from './embeddings/embed-dialect.ts';
import type { GuardDialect } from './guardrails/guard-dialect.ts';

/** A place that answers: where it is, how it is paid for, and how it speaks. */
export type Provider = {
  readonly name: string;
  readonly place: Place;
  /** A reference to the credential, `env:NAME` or `secret:NAME`; none for a host that asks for none. */
  readonly credential?: string;
  /** Whether it is told of the trace a request is part of: it goes on with it, or its operator says so. */
  readonly traced?: boolean;
  /** What its operator states of the data it is sent. */
  readonly stated?: Stated;
  /** Puts the credential on a request; refuses one that would leave the provider's own host. */
  readonly authorize: (outbound: Outbound, secret: string | undefined) => Outbound;
  /** How a model of this provider is spoken to. */
  readonly chat: (model: string) => ChatDialect;
  /** How an embedding model of this provider is spoken to; undefined where it has none. */
  readonly embed?: (model: string) => EmbedDialect | undefined;
  /** How a guardrail of this provider is spoken to, or what is wrong with its settings, as the end of a sentence; undefined where it has none. */
  readonly guard?: (settings: GuardrailConfig) => GuardDialect | string;
};

/** Where a provider is. */
export type Place = {
  /** Without a slash at its end. */
  readonly baseUrl: string;
  readonly region?: string;
  /** A Google Cloud project. */
  readonly project?: string;
  /** Azure's API version, for deployments. */
  readonly apiVersion?: string;
};

/** One call we are willing to make. */
export type Target = {
  /** `provider/model`. */
  readonly name: string;
  readonly provider: Provider;
  /** The provider's own name of the model. */
  readonly model: string;
  readonly price: Price;
  /** The most tokens it reads and writes in one call, where that is known. */
  readonly contextWindow?: number;
  /** The most tokens one answer may have, where that is known. */
  readonly mostOutputTokens?: number;
  /** Whether the model may think, and be paid for it, without a word of it in the stream. */
  readonly thinksUnseen?: boolean;
  /** Whether a request cannot say how it is to be served, at which tier: what asks for another is dropped. */
  readonly oneWay?: boolean;
};

/** What every chunk of one answer has in common, for providers that leave it out. */
export type Stamp = { readonly id: string; readonly created: number; readonly model: string };

/** The other end of an answer: who gives it. */
export type Origin = {
  readonly provider: string;
  readonly stamp: Stamp;
  /**
   * Told of counts as soon as the provider gives them. The stream itself ends with them, and so loses them when it
   * fails or is left before; they are paid for all the same.
   */
  readonly counted?: (usage: UsageView, serviceTier?: unknown) => void;
};

/** A request in a provider's words, and the parameters that found no place in it. */
export type Translated = { readonly outbound: Outbound; readonly dropped: readonly string[] };

type Headers = Readonly<Record<string, string | undefined>>;

/** A provider's chat language, both ways. Pure: what state a translation needs lives in the generator's locals. */
export type ChatDialect = {
  /** The request in the provider's words; throws for what would change its meaning. */
  toProvider(request: ChatRequest, target: Target): Translated;
  /** A streamed answer. Fails when the provider stops before it is finished: a stream that ends early is an error. */
  fromStream(body: AsyncIterable<Uint8Array>, origin: Origin): ChatStream;
  /** An unstreamed answer. A dialect without it is always asked for a stream, which is folded: translated once, it is the same both ways. */
  readonly fromWhole?: (body: string, origin: Origin) => ChatCompletion;
  /** True where a model that thinks does so without showing it. */
  readonly hidesThinking?: boolean;
  /** True where a request cannot say how it is to be served, at which tier. */
  readonly oneWay?: boolean;
  /** A refusal: its code, blame and Retry-After. Never quotes more than the provider's own message. */
  toError(status: number, headers: Headers, body: string, provider: string): GatewayError;
};

type Environment = Readonly<Record<string, string | undefined>>;

/** How the providers of one kind come about. */
export type Maker = {
  /** What the environment alone says of this provider; undefined when it is not switched on there. */
  readonly fromEnvironment: (env: Environment) => ProviderConfig | undefined;
  /** What it is to a process whose role may call it without any key; undefined where there is no such way. */
  readonly fromRole?: (env: Environment) => ProviderConfig | undefined;
  /** How a person switches it on, as the end of a sentence: `set ANTHROPIC_API_KEY`. */
  readonly switchOn: string;
  /** What its configuration lacks, in words. */
  readonly problem: (settings: ProviderConfig) => string | undefined;
  /** The provider of a configuration without a problem. */
  readonly make: (name: string, settings: ProviderConfig) => Provider;
};
