import type { ServerResponse } from 'node:http';
import { readText } from '../../../lib/wire/text.ts';
import { type House, openHouse } from '../door.ts';
import { nobody, serveHttp } from '../server.ts';
import { type Asked, beginStream, ending, event, wholeAnswer } from '../upstream.ts';
import type { Cell } from './cell.ts';

/** A house before providers that fail as the cells say, and a second that always answers. */
export type FaultHouse = House & {
  /** How often a provider was asked for a cell. */
  readonly asked: (provider: string, cell: Cell) => number;
};

export const SECOND = 'From the second.';

/** Opens a house with a route for each cell: its faulty target first, then one that answers. */
export async function openFaultHouse(cells: readonly Cell[]): Promise<FaultHouse> {
  const faults = new Map(cells.map((cell) => [`${cell.provider}/${cell.id}`, cell]));
  const asked: string[] = [];
  const { url, close } = await serveHttp(async (request, response) => {
    response.shouldKeepAlive = false; // or a reset might be one of a kept connection, which is tried again
    const body: Asked['body'] = JSON.parse(await readText(request));
    const name = targetOf(request.url ?? '', body);
    asked.push(name);
    const cell = faults.get(name);
    if (cell === undefined) answer({ path: '', headers: {}, body }, response);
    else cell.row.does(cell.writing, response);
  });
  const at = async (name: string, more: object = {}) => {
    const absent = cells.some(({ provider, row }) => row.absent && provider === name);
    const baseUrl = absent ? await nobody() : `${url}/${name}`;
    return [name, { baseUrl, allowPrivate: true, credential: 'env:LAB_KEY', ...more }] as const;
  };
  const providers = Object.fromEntries(
    await Promise.all([
      at('openai'),
      at('anthropic'),
      at('gemini'),
      at('bedrock', { region: 'eu-west-3' }),
      at('second', { kind: 'openai-compatible' }),
    ]),
  );
  const house = await openHouse({ config: { providers, models: Object.fromEntries(cells.map(routeOf)) } });
  const { key } = await house.keyOf({});
  await house.ask(key, { model: 'bedrock/none' }); // loads the SDK, which would take part of a fault's time
  return {
    ...house,
    asked: (provider, { id }) => asked.filter((name) => name === `${provider}/${id}`).length,
    close: async () => {
      await house.close();
      await close();
    },
  };
}

const routeOf = ({ id, provider, row: { timeouts } }: Cell) =>
  [id, { inOrder: [{ use: `${provider}/${id}`, ...(timeouts && { timeouts }) }, `second/${id}`] }] as const;

/** `provider/model`, from the path or, where a dialect has the model there, the body. */
function targetOf(path: string, { model }: Asked['body']): string {
  const [, provider = '', inPath] = /^\/([^/]+)\/(?:.*\bmodels?\/([^/:]+))?/.exec(path) ?? [];
  return `${provider}/${inPath ?? model}`;
}

function answer(asked: Asked, response: ServerResponse): void {
  if (!asked.body.stream) return void wholeAnswer(SECOND)(asked, response);
  beginStream(response);
  response.end(event({ content: SECOND }) + ending);
}
