import { startVectors } from '../../lib/local/vectors/start.ts';
import { unhurried } from './cachings.ts';
import { openHouse } from './door.ts';
import { answer } from './flaky.ts';
import { scratch } from './gateway.ts';
import { type Asking, bodyOf, degreesOf } from './questions.ts';
import type { Script } from './upstream.ts';
import { at } from './vectors.ts';

/** A call as a test would make it. */
export type Call = {
  /** Which of the callers asks. */
  readonly who: number;
  readonly mode: 'exact' | 'semantic';
  readonly threshold: number;
  /** Whether the caller wants its answers for its own key only. */
  readonly own: boolean;
  readonly strict: boolean;
  /** What says nothing of the answer. */
  readonly insignificant: object;
  readonly asking: Asking;
};

/** A call, and what became of it. */
export type Told = Call & {
  readonly id: string;
  readonly word: string;
  /** The word of the call that the answer was made for. */
  readonly madeFor: string;
  readonly cache: string;
};

/**
 * A house in which all may have the answers to questions alike, where they may have them at all: to its embedding model
 * all questions are almost the same. Its provider says in each answer for which call it was made; it knows that by a
 * word in the metadata, which no other call has.
 */
export async function openSharing() {
  const { folder, remove } = scratch();
  const place = await startVectors({ dataDir: `${folder}/vectors` });
  const embeddings = { model: 'lab/e', dimensions: undefined, budgetMs: 10_000 };
  const cache = { mode: 'semantic', scope: 'tenant', temperature: 'any', threshold: 0, embeddings } as const;
  const models = { 'another-name': 'lab/m' };
  const vectorsEndpoint = async () => place.endpoint;
  const config = { cache: { ...unhurried, ...cache }, models };
  const house = await openHouse({ vectorsEndpoint, config });
  const made: string[] = [];
  house.upstream.answerWith(providing(made));
  const two = async (scope: 'key' | 'tenant') => {
    const { tenant, key } = await house.keyOf({ budgets: 'none', cache: { scope } });
    const { key: second } = await house.tables.admin.createKey({ tenant });
    return [key, second].map((each) => ({ tenant, key: each, scope }));
  };
  /** Two keys of each of four tenants, of whom two let their keys share answers. */
  const callers = [...(await two('tenant')), ...(await two('tenant')), ...(await two('key')), ...(await two('key'))];
  let words = 0;
  return {
    /** The words of all calls that the provider answered. */
    made,
    /** The file in which the vectors are. */
    vectorsFile: `${folder}/vectors/vectors.jsonl`,
    ask: async (call: Call): Promise<Told> => {
      const { who, mode, threshold, own, strict, insignificant, asking } = call;
      const word = `call-${++words}`;
      const body = bodyOf(asking);
      const response = await house.ask(
        callers[who]?.key ?? '',
        { ...body, ...(body.model === 'lab/m' && insignificant), metadata: { word } },
        {
          'x-sluice-cache': `${mode}; threshold=${threshold}${own ? '; scope=key' : ''}`,
          ...(strict && { 'x-sluice-strict': 'true' }),
        },
      );
      const text = await response.text();
      const madeFor = /Made for ([\w-]+)\./.exec(text)?.[1] ?? text;
      const [id, cache] = ['x-request-id', 'x-sluice-cache'].map((name) => String(response.headers.get(name)));
      return { ...call, id: String(id), word, madeFor, cache: String(cache) };
    },
    /** Who has the same answers as this caller. */
    sharersOf: ({ who, own }: Call): string => {
      const caller = callers[who];
      return own || caller?.scope === 'key' ? `key ${caller?.key}` : `tenant ${caller?.tenant}`;
    },
    close: async () => {
      await house.close();
      await place.close();
      remove();
    },
  };
}

const providing =
  (made: string[]): Script =>
  (asked, response) => {
    if (asked.path === '/v1/embeddings') {
      const data = [{ index: 0, embedding: at(degreesOf(String([asked.body.input].flat()[0]))) }];
      const usage = { prompt_tokens: 7, total_tokens: 7 };
      const body = JSON.stringify({ object: 'list', model: 'e', data, usage });
      return void response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    }
    const { word } = Object(asked.body.metadata);
    made.push(String(word));
    return answer(`Made for ${word}.`)(asked, response);
  };
