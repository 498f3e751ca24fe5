import type { Json, JsonObject } from '../../openai/json.ts';
import { objectsIn } from './fields.ts';

type Tree = { [name: string]: Tree | Json | undefined };

/** A step of a path: `.name`, `[0]`, `['a name']`. https://www.rfc-editor.org/rfc/rfc9535 */
const STEP = /\.([^.[\]]+)|\[(\d+)\]|\['((?:[^'\\]|\\.)*)'\]|\["((?:[^"\\]|\\.)*)"\]/g;

/**
 * Collects a call's arguments from pieces that each name the path they belong to; a text may come in several.
 * https://docs.cloud.google.com/vertex-ai/generative-ai/docs/multimodal/function-calling#streaming-fc
 */
export function partialArgs(whole: JsonObject) {
  const root = branch(whole);
  const begun = new Map<string, string>();
  return {
    see(pieces: Json | undefined): void {
      for (const { jsonPath, stringValue, numberValue, boolValue } of objectsIn(pieces)) {
        if (typeof jsonPath !== 'string') continue;
        if (typeof stringValue !== 'string') put(root, jsonPath, numberValue ?? boolValue ?? null);
        else {
          const text = (begun.get(jsonPath) ?? '') + stringValue;
          begun.set(jsonPath, text);
          put(root, jsonPath, text);
        }
      }
    },
    json: (): string => JSON.stringify(toJson(root)),
  };
}

/** Lists are kept as objects with numbers for names until the end, so that no index can make a list of any length. */
function put(root: Tree, path: string, value: Json): void {
  const steps = [...path.matchAll(STEP)].map(([, name, index, single, double]) =>
    index === undefined ? `.${name ?? unescaped(single ?? double ?? '')}` : `#${index}`,
  );
  const last = steps.pop();
  if (last === undefined) return;
  let at = root;
  for (const step of steps) {
    const next = at[step];
    const inner = isTree(next) ? next : branch({});
    at[step] = inner;
    at = inner;
  }
  at[last] = value;
}

/** Names of steps begin with `.` or `#`, and a tree has no prototype: no name is special. */
function branch(from: JsonObject): Tree {
  const tree: Tree = Object.create(null);
  for (const [name, value] of Object.entries(from)) tree[`.${name}`] = value;
  return tree;
}

const isTree = (value: Tree | Json | undefined): value is Tree =>
  typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;

function toJson(tree: Tree): Json {
  const entries = Object.entries(tree).map(([step, value]): [string, Json | undefined] => [
    step,
    isTree(value) ? toJson(value) : value,
  ]);
  if (entries.length === 0 || !entries.every(([step]) => step.startsWith('#')))
    return Object.fromEntries(entries.map(([step, value]) => [step.slice(1), value]));
  return entries.sort(([a], [b]) => Number(a.slice(1)) - Number(b.slice(1))).map(([, value]) => value ?? null);
}

const unescaped = (text: string) => text.replace(/\\(.)/g, '$1');
