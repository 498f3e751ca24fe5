import type { ServerResponse } from 'node:http';
import { readText } from '../../../lib/wire/text.ts';
import { serveHttp } from '../server.ts';
import { answerTo } from './answer-to.ts';
import { diceFor, drawn, type Outcome } from './outcome.ts';
import { perform } from './perform.ts';
import { asked, type Tariff, tariffs } from './tariff.ts';

/** One line of a provider's till. */
export type Billed = {
  /** The number in the prompt. */
  readonly question: number;
  /** `provider/model`. */
  readonly target: string;
  readonly outcome: Outcome;
  readonly nanoDollars: number;
  /** Whether the gateway was told what it came to. */
  readonly told: boolean;
};

type Body = Readonly<Record<string, unknown>>;

/** What is agreed on for a question before it is asked. */
export type Arranged = {
  /** What becomes of the first requests for it; the others draw lots. */
  readonly outcomes: readonly Outcome[];
  /** Resolves when a provider waits for its caller to leave. */
  readonly waiting: PromiseWithResolvers<void>;
  /** Resolved once the caller has left. */
  readonly left: PromiseWithResolvers<void>;
};

export type Providers = Awaited<ReturnType<typeof openProviders>>;

/** Providers on sockets of their own that fail by lot, each with a till in which it notes what it asks for each request. */
export async function openProviders(seed: number, ask: Readonly<Record<string, Tariff>> = tariffs) {
  const tills = new Map<string, Billed[]>();
  const arranged = new Map<number, Arranged>();
  const turns = new Map<number, number>();
  let open = 0;

  const serve = async (provider: string, path: string, body: Body, response: ServerResponse): Promise<void> => {
    const text = JSON.stringify(body);
    const question = Number(/question (\d+)/.exec(text)?.[1]);
    const turn = turns.get(question) ?? 0;
    turns.set(question, turn + 1);
    const dice = diceFor(seed, question, turn);
    const model = /\bmodels\/([^/:]+)/.exec(path)?.[1] ?? String(body.model);
    const target = `${provider}/${model}`;
    const agreed = arranged.get(question);
    const outcome = agreed?.outcomes[turn] ?? drawn(dice());
    const { tongue, meant } = answerTo({ provider, path, body, text, model }, outcome, dice);
    const stage = { waits: () => agreed?.waiting.resolve(), left: agreed?.left.promise ?? Promise.resolve() };
    const { counts, told } = await perform(outcome, tongue, meant, response, stage);
    const tariff = ask[target];
    if (tariff === undefined) throw new Error(`${target} has no tariff.`);
    const nanoDollars = asked(tariff, counts, meant.service);
    tills.get(provider)?.push({ question, target, outcome, nanoDollars, told });
  };

  const start = async (provider: string) => {
    tills.set(provider, []);
    return serveHttp(async (request, response) => {
      open++;
      try {
        await serve(provider, request.url ?? '', JSON.parse(await readText(request)), response);
      } finally {
        open--;
      }
    });
  };
  const names = ['openai', 'lab', 'anthropic', 'gemini'] as const;
  const servers = await Promise.all(names.map(async (name) => [name, await start(name)] as const));
  return {
    /** Their settings in a configuration. */
    providers: Object.fromEntries(
      servers.map(([name, { url }]) => [
        name,
        {
          baseUrl: name === 'openai' || name === 'lab' ? `${url}/v1` : url,
          allowPrivate: true,
          credential: 'env:LAB_KEY',
          ...(name === 'lab' && { kind: 'openai-compatible' as const }),
        },
      ]),
    ),
    /** Arranges what becomes of a question. */
    arrange: (question: number, ...first: readonly Outcome[]): Arranged => {
      const agreed = {
        outcomes: first,
        waiting: Promise.withResolvers<void>(),
        left: Promise.withResolvers<void>(),
      };
      arranged.set(question, agreed);
      return agreed;
    },
    /** How many requests are not over. */
    open: () => open,
    /** All that was billed. */
    billed: (): readonly Billed[] => [...tills.values()].flat(),
    close: async () => void (await Promise.all(servers.map(([, { close }]) => close()))),
  };
}
