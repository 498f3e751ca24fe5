import { GatewayError } from '../errors.ts';
import { isObject, type Json } from '../openai/json.ts';
import type { Visit } from './visit.ts';

/** The models a request names, in the order they should be tried. */
export type Named = {
  /** The body as one that names a single model. */
  readonly body: Json;
  /** What to try after that model; undefined where the request says nothing of it. */
  readonly instead: readonly string[] | undefined;
};

const HEADER = 'x-sluice-fallback';
/** The word for no fallback at all. */
const NONE = 'none';
const MOST_MODELS = 10;

/**
 * What to try if the first model fails: as the header `x-sluice-fallback` lists it, or else the body's `models`, as
 * OpenRouter's clients send it, of which the first is the model where the body names none.
 */
export function toNamed(headers: Visit['headers'], asked: Json): Named {
  if (!isObject(asked)) return { body: asked, instead: undefined };
  const { models, ...body } = asked;
  const listed = models === undefined || models === null ? undefined : checked(stringsIn(models), 'models');
  const unnamed = body.model === undefined || body.model === null;
  const [first, ...others] = listed ?? [];
  const model = unnamed && first !== undefined ? first : body.model;
  const rest = unnamed || first === model ? others : listed;
  const header = headers[HEADER];
  return {
    body: model === undefined ? body : { ...body, model },
    instead: header === undefined ? listed && rest : checked(listedIn(header), HEADER),
  };
}

const listedIn = (header: string): readonly string[] =>
  header.trim() === NONE ? [] : header.split(',').map((name) => name.trim());

function stringsIn(models: Json): readonly string[] {
  if (Array.isArray(models) && models.every((each) => typeof each === 'string')) return models;
  throw invalid('models', 'must be an array of model names');
}

function checked(names: readonly string[], param: string): readonly string[] {
  if (names.length > MOST_MODELS) throw invalid(param, `must name at most ${MOST_MODELS} models`);
  if (names.some((name) => !/^[\x21-\x7e]{1,512}$/.test(name)))
    throw invalid(param, `must name models as provider/model, or be ${param === HEADER ? NONE : 'empty'}`);
  return names;
}

const invalid = (param: string, problem: string) =>
  new GatewayError('invalid_request_error', { param, message: `${param} ${problem}.` });
