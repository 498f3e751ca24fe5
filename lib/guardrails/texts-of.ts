import type { JsonObject } from '../openai/json.ts';
import { hidden } from '../redaction/request.ts';

/** The texts of a request, and what in it cannot be looked into. */
export type Texts = { readonly texts: readonly string[]; readonly unscanned: readonly string[] };

/** All that a request says, whoever says it: messages, results, tools, schemas, inputs of an embedding. The model's name is none of it. */
export function textsOf({ model: _, ...request }: JsonObject): Texts {
  const texts = new Set<string>(); // a word that is said twice is judged once
  const collect = (text: string) => {
    if (/\S/.test(text)) texts.add(text);
    return text;
  };
  const { unscanned } = hidden(request, {
    hide: collect,
    hideAgain: collect,
    scan: (text) => {
      collect(text);
      return [];
    },
    refuse: () => {},
  });
  return { texts: [...texts], unscanned };
}
