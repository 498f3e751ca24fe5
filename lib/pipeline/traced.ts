import { GatewayError } from '../errors.ts';
import type { Attributes } from '../trace.ts';
import type { World } from '../world.ts';
import { routeAt } from './routes.ts';
import { openTrace, type Trace } from './trace.ts';
import type { Reply, Visit } from './visit.ts';

/**
 * Answers a visit; where it is traced, its spans are sent when all else is done. Whoever asks only whether we are well
 * asks every few seconds, and is not traced.
 */
export async function traced(visit: Visit, world: World, answer: (visit: Visit) => Promise<Reply>): Promise<Reply> {
  const trace = patternOf(visit) === '/healthz' ? undefined : openTrace(visit, world);
  return trace === undefined ? answer(visit) : toldAfter(await answer({ ...visit, trace }), trace, visit, world);
}

/** A reply after which a visit's spans are sent. */
function toldAfter(reply: Reply, trace: Trace, visit: Visit, world: World): Reply {
  const { status, afterwards } = reply;
  const { startedAt, startedTick } = visit;
  return {
    ...reply,
    afterwards: async () => {
      const endTick = world.tick(); // its body has passed, and its client has all of it, or is gone
      await afterwards();
      const attributes = { ...toHttp(visit, status), 'sluice.client_closed': hungUp(visit) || undefined };
      const whole = { name: nameOf(visit), startTick: startedTick, endTick, attributes };
      const ended = trace.ended({ ...whole, failed: status >= 500 });
      if (ended !== undefined) await world.traces?.send({ ...ended, startedAt, startedTick });
    },
  };
}

const hungUp = ({ signal }: Visit): boolean =>
  signal.aborted && signal.reason instanceof GatewayError && signal.reason.code === 'client_closed';

/** The path there is. Any other is only a word of the caller's, perhaps a secret one, and is not told. */
const patternOf = ({ path }: Visit): string | undefined => routeAt(path)?.route.path;

/** The methods HTTP knows; https://opentelemetry.io/docs/specs/semconv/http/http-spans/ has a word for all others. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY'];

const methodOf = ({ method }: Visit): string => (METHODS.includes(method) ? method : '_OTHER');

function nameOf(visit: Visit): string {
  const method = methodOf(visit);
  return [method === '_OTHER' ? 'HTTP' : method, patternOf(visit)].filter(Boolean).join(' ');
}

function toHttp(visit: Visit, status: number): Attributes {
  const pattern = patternOf(visit);
  return {
    'http.request.method': methodOf(visit),
    'http.route': pattern,
    'http.response.status_code': status,
    'url.path': pattern?.includes('{') ? undefined : pattern && visit.path,
    'url.scheme': visit.headers['x-forwarded-proto'] === 'https' ? 'https' : 'http',
    'sluice.request_id': visit.id,
  };
}
