import { chat } from './chat.ts';
import { idempotent } from './idempotent.ts';
import { ok } from './ok.ts';
import type { Walk } from './reply.ts';

/** One thing that can be asked of the gateway. */
export type Route = {
  /** As it is documented, and told to traces. */
  readonly path: `/${string}`;
  readonly methods: readonly string[];
  /** `id` is what stands where the path says so. */
  readonly walk: (id: string) => Walk;
};

/** All there is to ask of the gateway, at every door. Whoever adds to it owes test/security a row. */
export const routes: readonly Route[] = [
  { path: '/healthz', methods: ['GET', 'HEAD'], walk: () => ok },
  { path: '/v1/chat/completions', methods: ['POST'], walk: () => idempotent(chat) },
  { path: '/v1/embeddings', methods: ['POST'], walk: () => idempotent(embeddings) },
  {
    path: '/v1/calls/{id}',
    methods: ['GET'],
    walk: (id) => async (visit, world) => (await calls()).callOf(visit, world, id),
  },
  { path: '/v1/models', methods: ['GET'], walk: () => async (visit, world) => (await models()).models(visit, world) },
  {
    path: '/v1/models/{id}',
    methods: ['GET'],
    walk: (id) => async (visit, world) => (await models()).model(visit, world, id),
  },
];

// Loaded with the first who asks: what a chat needs is loaded at the start.
const embeddings: Walk = async (...asked) => (await import('./embed.ts')).embed(...asked);
const models = () => import('./models.ts');
const calls = () => import('./calls.ts');

/** The route at a path, with and without `/v1`: OpenAI's SDKs put the version into the base URL. */
export function routeAt(path: string): { readonly route: Route; readonly id: string } | undefined {
  const asked = plain(path);
  for (const { route, start, exact } of found)
    if (exact ? asked === start : asked.startsWith(start)) return { route, id: asked.slice(start.length) };
  return undefined;
}

const plain = (path: string): string => path.replace(/^\/v1(?=\/)/, '');

const found = routes.map((route) => {
  const [start = '', end] = plain(route.path).split('{id}');
  return { route, start, exact: end === undefined };
});
