import type { Json } from '../../openai/json.ts';
import type { ChatRequest } from '../../openai/request.ts';
import { asksNothing } from '../parameters.ts';
import { named, toMessages } from './messages.ts';
import type { Quirks } from './quirks.ts';

/** A request in the vendor's words, and the parameters that found no place in it. */
export function toBody(request: ChatRequest, model: string, quirks: Quirks) {
  const { messages, stream_options, max_tokens, max_completion_tokens, ...rest } = request;
  // Metadata is recorded with the call: it is not lost where the vendor cannot have it.
  const unwanted = (quirks.without ?? []).filter((name) => name !== 'metadata' && !asksNothing(name, request[name]));
  const { fields, dropped } = streaming(request, quirks);
  const body = {
    ...renamed(rest, quirks),
    model,
    messages: toMessages(messages, quirks),
    ...limit(request, model, quirks),
    ...fields,
  };
  const nameless = quirks.nameless && named(messages) ? ['messages[].name'] : [];
  return { body, dropped: [...unwanted, ...dropped, ...nameless] };
}

function renamed(rest: Readonly<Record<string, Json | undefined>>, { names = {}, without = [] }: Quirks) {
  const entries = Object.entries(rest).filter(([name]) => !without.includes(name));
  return Object.fromEntries(
    entries.map(([name, value]) => [Object.hasOwn(names, name) ? (names[name] ?? name) : name, value]),
  );
}

/** Usage is always asked for: the ledger needs it, whether the client does or not. */
function streaming({ stream, stream_options: options }: ChatRequest, { countsUnasked }: Quirks) {
  if (!stream) return { fields: {}, dropped: options ? ['stream_options'] : [] };
  if (countsUnasked) return { fields: {}, dropped: [] };
  return { fields: { stream_options: { ...options, include_usage: true } }, dropped: [] };
}

function limit({ max_tokens, max_completion_tokens }: ChatRequest, model: string, { limit: nameOf }: Quirks) {
  const most = max_completion_tokens ?? max_tokens;
  if (most === undefined || most === null) return {};
  switch (nameOf?.(model)) {
    case 'max_tokens':
      return { max_tokens: most };
    case 'max_completion_tokens':
      return { max_completion_tokens: most };
    case 'either':
      return max_completion_tokens ? { max_completion_tokens } : { max_tokens };
    default:
      return { max_tokens, max_completion_tokens };
  }
}
