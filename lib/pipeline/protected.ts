import type { Caller } from '../caller.ts';
import type { Config } from '../config/config.ts';
import { type RedactionMode, redactionOver, redactionTightened, usualRedaction } from '../config/redaction-policy.ts';
import type { JsonObject } from '../openai/json.ts';
import type { Attributes } from '../trace.ts';
import type { World } from '../world.ts';
import { policyFor } from './feature-policy.ts';
import { type Guards, toGuards } from './guardrails/guards.ts';
import type { ChatAnswer } from './open-chat.ts';
import type { Ask } from './parse.ts';
import type { Visit } from './visit.ts';

/** What was looked for, and found, in a request: for its record. */
export type Redaction = {
  readonly mode: RedactionMode;
  /** How many values, by kind. */
  readonly found: Readonly<Record<string, number>>;
  /** What it holds that nobody can look into. */
  readonly unscanned: readonly string[];
};

/** A request as it may leave. Nothing that comes after it sees another. */
export type Protected<Request> = {
  readonly ask: Ask<Request>;
  /** The answer with the values that were taken out of the request, where they are to come back. */
  readonly restore: (answer: ChatAnswer) => ChatAnswer;
  /** Undefined where nothing was looked for. */
  readonly redaction?: Redaction;
  /** The guardrails it goes through, as its answer does; undefined where there are none. */
  readonly guards?: Guards | undefined;
};

/** Whether an answer holds values again that were taken out of its request, and so must not be kept as it is. */
export const holdsValues = (redaction: Redaction | undefined): boolean =>
  redaction?.mode === 'tokens' && Object.keys(redaction.found).length > 0;

type Asking = { readonly visit: Visit; readonly caller: Caller; readonly config: Config };

/**
 * Takes out of a request what is not to leave the gateway, by the policy of its tenant and feature, and names the
 * guardrails it goes through. Throws the refusal of one that is to be blocked. What finds and hides is loaded by those
 * who want it.
 */
export async function protect<Request extends JsonObject>(
  ask: Ask<Request>,
  { visit, caller, config }: Asking,
  world: World,
): Promise<Protected<Request>> {
  const policy = policyFor(ask.labels, caller, {
    usual: usualRedaction,
    all: config.redaction,
    tenant: caller.redaction,
    features: caller.featureRedactions,
    over: redactionOver,
    tightened: redactionTightened,
  });
  const found =
    policy.mode === 'off'
      ? untouched(ask)
      : await (await import('./redacted.ts')).redacted(ask, policy, { visit, caller }, world);
  visit.trace?.about(toAttributes(found.ask));
  return { ...found, guards: toGuards(found.ask.labels, caller, config) };
}

const untouched = <Request>(ask: Ask<Request>): Protected<Request> => ({ ask, restore: (answer) => answer });

/** What a trace is told of who asks, and for what. Metadata is not: it may hold anything. */
const toAttributes = ({ labels: { user, feature, prompt }, request }: Ask<JsonObject>): Attributes => ({
  'sluice.requested_model': String(request.model),
  'user.id': user,
  'sluice.feature': feature,
  'gen_ai.prompt.name': prompt,
});
