import type { InvocationContext, ResponseStream } from '../lib/aws/awslambda.d.ts';
import { toVisit } from '../lib/aws/lambda-visit.ts';
import { deliver } from '../lib/aws/respond.ts';
import { surviving } from '../lib/aws/surviving.ts';
import { awsWorld } from '../lib/aws/world.ts';
import { GatewayError } from '../lib/errors.ts';
import { refuse, serve } from '../lib/pipeline/serve.ts';
import { deployedProviders } from '../lib/providers/index.ts';

/** Kept of an invocation's time to say an error in-band, settle and record. */
const RESERVE_MS = 5_000;

const world = awsWorld(process.env, deployedProviders);

// Not awaited: the first call comes while the answer does, and finds the way to the database warm.
void world.config();

/** The Lambda door: one invocation is one visit. */
export const handler = awslambda.streamifyResponse(surviving(door));

async function door(event: unknown, responseStream: ResponseStream, context: InvocationContext): Promise<void> {
  const time = new AbortController();
  const timer = setTimeout(() => time.abort(timeOver()), context.getRemainingTimeInMillis() - RESERVE_MS);
  try {
    const arrival = { id: world.newId(), startedAt: world.now(), startedTick: world.tick() };
    const platformTrace = context.xRayTraceId ?? process.env._X_AMZN_TRACE_ID;
    const visit = toVisit(event, { ...arrival, signal: time.signal, over: time.signal, platformTrace });
    // Answered too: the runtime client does not survive every handler that fails before its first byte.
    const reply = visit instanceof GatewayError ? refuse(visit, arrival, world) : await serve(visit, world);
    // What stands in front of the function may pass on what it must not; the HTTP door's server leaves it out by itself.
    const bodiless = !(visit instanceof GatewayError) && visit.method === 'HEAD';
    await deliver(bodiless ? { ...reply, body: [] } : reply, responseStream, time.signal);
  } finally {
    clearTimeout(timer);
  }
}

const timeOver = () =>
  new GatewayError('timeout', { message: 'The gateway has no time left for this request. Ask for a shorter answer.' });
