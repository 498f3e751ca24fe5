import { parseJson } from '../../json-text.ts';
import { masked } from '../mask.ts';
import { type Wire, wireList, wireObject, wireText } from '../wire.ts';

/** Why a provider refuses, as far as its body tells: a sentence, the field at fault, and words that name the reason. */
export type Reason = {
  /** Without keys, and short; empty where the body has none. */
  readonly message: string;
  readonly param?: string;
  /** In lower case. */
  readonly words: readonly string[];
  /** The HTTP status the body itself names. */
  readonly status?: number;
};

const MOST_CHARACTERS = 1000;

/** Reads a refusal in any of the shapes there are; what is not JSON gives no reason, for it is no API that speaks. */
export function reasonIn(body: string): Reason {
  let parsed: unknown;
  try {
    parsed = parseJson(body);
  } catch {
    return { message: '', words: [] };
  }
  return reasonOf(wireObject(Array.isArray(parsed) ? parsed[0] : parsed));
}

/**
 * The reason in a body: `{error: {message}}`, `{error: '…'}`, `{message}`, `{detail: '…'}`, and lists of
 * `{loc, msg}` under `detail`, `details` or `message.detail`.
 */
export function reasonOf(wire: Wire): Reason {
  const error = wireObject(wire.error);
  const metadata = wireObject(error.metadata);
  const inner = innerReason(metadata.raw);
  const faults = [error.details, wire.detail, wireObject(wire.message).detail, wire.message].flatMap(wireList);
  const said = [inner?.message, error.message, wire.error, wire.message, wire.detail].find(wireText);
  const sentences = new Set([plainly(said), ...faults.map(sentenceOf)].filter((each) => each !== ''));
  const param = wireText(error.param) ?? wireText(wire.param) ?? faults.map(paramOf).find(wireText);
  const status = [error.code, error.status_code, error.status, wire.status_code, wire.code]
    .map(numberIn)
    .find(isStatus);
  return {
    message: masked([...sentences].join('; ')).slice(0, MOST_CHARACTERS),
    ...(param !== undefined && { param: masked(param).slice(0, MOST_CHARACTERS) }),
    words: [...wordsOf(error), ...wordsOf(wire), ...wordsOf(metadata), ...(inner?.words ?? [])],
    ...(status !== undefined && { status }),
  };
}

/** OpenRouter quotes the provider behind it. https://openrouter.ai/docs/api-reference/errors */
function innerReason(raw: unknown): Reason | undefined {
  const text = wireText(raw);
  const reason = text === undefined ? undefined : reasonIn(text);
  return reason === undefined || reason.message === '' ? undefined : reason;
}

/** Some wrap the refusal of what is behind them in a text. */
function plainly(said: unknown): string {
  const text = wireText(said) ?? '';
  return text.startsWith('{') ? reasonIn(text).message || text : text;
}

function wordsOf({ code, type, error_type, innererror, inner_error, reasons }: Wire): readonly string[] {
  const inner = wireObject(innererror ?? inner_error);
  const flagged = Array.isArray(reasons) && reasons.length > 0 ? ['flagged'] : [];
  const given = [code, type, error_type, inner.code].filter((each) => typeof each === 'string');
  return [...given.map((each) => each.toLowerCase()), ...flagged];
}

const pathOf = ({ loc }: Wire): string => (Array.isArray(loc) ? loc.filter(isStep).join('.') : '');

const isStep = (step: unknown): boolean => typeof step === 'number' || (typeof step === 'string' && step !== 'body');

const paramOf = (fault: Wire): string | undefined => wireText(pathOf(fault));

function sentenceOf(fault: Wire): string {
  const words = wireText(fault.msg) ?? '';
  const path = pathOf(fault);
  return path === '' || words === '' ? words : `${path}: ${words}`;
}

const numberIn = (value: unknown): number =>
  typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;

const isStatus = (code: number): boolean => Number.isInteger(code) && code >= 400 && code < 600;
