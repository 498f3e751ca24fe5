import { asGatewayError, GatewayError, toErrorBody, toErrorHeaders } from '../errors.ts';
import type { World } from '../world.ts';
import type { Answered, Walk } from './reply.ts';
import { routeAt } from './routes.ts';
import { sendable } from './sendable.ts';
import { traced } from './traced.ts';
import { versionHeader } from './version-header.ts';
import type { Later, Reply, Visit } from './visit.ts';

/** Answers a visit, whatever it asks and whatever goes wrong. Never throws. */
export const serve = (visit: Visit, world: World): Promise<Reply> =>
  traced(visit, world, (visit) => answered(visit, world));

async function answered(visit: Visit, world: World): Promise<Reply> {
  const works: (() => Promise<void>)[] = [];
  const later: Later = (work) => void works.push(work);
  try {
    return finished(await walkOf(visit)(visit, world, later), visit, world, works);
  } catch (error) {
    const failure = asGatewayError(error);
    visit.trace?.about({ 'error.type': failure.code });
    const { headers, ...answer } = refused(failure, visit, world);
    return finished({ ...answer, headers: { ...(await inForce(world)), ...headers } }, visit, world, works);
  }
}

/** Which version of the configuration a refusal goes by: whoever waits for a change of it wants to know. */
async function inForce(world: World): Promise<Record<string, string>> {
  const config = await world.config().catch(() => undefined);
  return config === undefined ? {} : versionHeader(config);
}

/** What is known of any visit, whether it can be read or not. */
type Arrived = Pick<Visit, 'id' | 'startedTick'>;

/** The reply to a visit that a door itself must refuse, such as one too large to read. */
export function refuse(error: GatewayError, visit: Arrived, world: World): Reply {
  return finished(refused(error, visit, world), visit, world, []);
}

/** The same, of one that could be read but for its body. */
export const refuseBody = (error: GatewayError, visit: Visit, world: World): Promise<Reply> =>
  traced(visit, world, async (visit) => {
    visit.trace?.about({ 'error.type': error.code });
    return refuse(error, visit, world);
  });

/** The walk of a visit: by its path, and only by the methods that takes. */
function walkOf(visit: Visit): Walk {
  const found = routeAt(visit.path);
  if (found === undefined)
    throw new GatewayError('not_found', {
      message: `There is nothing at ${visit.method} ${visit.path}. Chat is at POST /v1/chat/completions.`,
    });
  const { route, id } = found;
  if (route.methods.includes(visit.method)) return route.walk(decoded(id));
  throw new GatewayError('method_not_allowed', {
    allow: route.methods,
    message: `${visit.path} takes ${route.methods.join(' or ')}, not ${visit.method}.`,
  });
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new GatewayError('not_found', {
      message: `The id ${JSON.stringify(segment)} is not a valid URL segment.`,
    });
  }
}

function refused(error: GatewayError, visit: Arrived, world: World): Answered {
  if (error.code === 'internal_error' || error.code === 'gateway_unavailable')
    world.log.error(error.message, { id: visit.id, code: error.code, cause: causes(error) });
  if (error.details.rule !== undefined) world.log.info('refused', { id: visit.id, ...error.details.rule });
  return {
    status: error.status,
    headers: { 'content-type': 'application/json', ...toErrorHeaders(error) },
    body: [JSON.stringify(toErrorBody(error, visit.id))],
  };
}

/** The messages behind an error, outermost first: for operators only. */
function causes(error: unknown): string[] {
  return error instanceof Error && error.cause !== undefined
    ? [String(error.cause instanceof Error ? error.cause.stack : error.cause), ...causes(error.cause)]
    : [];
}

function finished(
  { status, headers, body, signal }: Answered,
  visit: Arrived,
  world: World,
  works: readonly (() => Promise<void>)[],
): Reply {
  const own = world.tick() - visit.startedTick;
  return {
    status,
    headers: sendable({ 'server-timing': `gateway;dur=${own.toFixed(2)}`, ...headers, 'x-request-id': visit.id }),
    body,
    signal,
    afterwards: async () => {
      // async, so that a work that throws before its first await is an outcome like any other
      for (const outcome of await Promise.allSettled(works.map(async (work) => work()))) {
        if (outcome.status === 'rejected')
          world.log.error('A call could not be written down.', {
            id: visit.id,
            cause: causes(new Error('', { cause: outcome.reason })),
          });
      }
    },
  };
}
