import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { WrittenCall } from '../aws/written-calls.ts';
import { callLines, toToldCall } from './call-line.ts';
import type { Connection } from './connect.ts';
import { given } from './options.ts';
import { type Ask, type Command, none, type Outcome } from './outcome.ts';
import { toSince } from './since.ts';
import { openWatch } from './watch.ts';
import { Wrong } from './wrong.ts';

const PAUSE_MS = 1_000;

const help = `Usage: sluice tail [--tenant NAME] [--since 5m]

  Shows calls as they end, of one tenant or of all, a line each, until it is interrupted: when the call began (UTC), the
  model that answered, else the one asked for, ok or the error's code, tokens, what it cost, when its first content
  came, how long it took in all, and what the caches did. With --since, those that have begun since then come first.
  --json prints one JSON object a line.
  A call of more than half a minute shows a while after it ended, the longer it was the later, by about a minute at the most.
  One that is written down more than 32 minutes after it began is not shown; sluice usage counts it.

  sluice tail --local
  sluice tail --tenant acme --since 1h
  sluice tail --json | jq 'select(.status != "ok")'`;

/** `sluice tail`: calls as they end. */
export const tail: Command = { help, deeds: { '': { takes: { tenant: 'value', since: 'value' }, act } } };

async function act({ connect, operands, options }: Ask): Promise<Outcome> {
  none(operands);
  const [tenant, since] = [given(options, 'tenant'), given(options, 'since')];
  const now = Date.now();
  const moment = since === undefined ? now : toSince(since, 'UTC', now);
  const connection = await connect();
  if (tenant !== undefined && !(await connection.admin.tenantExists(tenant)))
    throw new Wrong(`There is no tenant ${tenant}. See sluice tenants list.`);
  const ended = new AbortController();
  const end = (): void => ended.abort();
  // Once: whoever interrupts twice does not wait for the look that is under way.
  process.once('SIGINT', end);
  process.stdout.once('error', end); // whoever read it has gone, as head does
  const json = options.has('json');
  const { heading, line } = callLines();
  if (!json) await say(heading(), ended.signal);
  for await (const call of follow(connection, tenant, moment, ended.signal))
    await say(json ? JSON.stringify(toToldCall(call)) : line(call), ended.signal);
  return { said: true };
}

async function* follow(
  { admin, written }: Connection,
  tenant: string | undefined,
  since: number,
  signal: AbortSignal,
): AsyncIterable<WrittenCall> {
  const watch = openWatch(since);
  let tenants: readonly string[] = tenant === undefined ? [] : [tenant];
  while (!signal.aborted) {
    const { from, deep } = watch.look(Date.now());
    if (tenant === undefined && deep) tenants = (await admin.tenants()).map((listed) => listed.tenant);
    const found: WrittenCall[] = [];
    for (const each of tenants) for await (const page of written.since(each, from)) found.push(...page);
    yield* [...watch.fresh(found)].sort((one, other) => endOf(one) - endOf(other));
    await pause(PAUSE_MS, undefined, { signal }).catch(() => {}); // it fails only when it is over
  }
}

const endOf = ({ call }: WrittenCall): number => (call === undefined ? 0 : call.at + call.totalMs);

async function say(line: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted || process.stdout.write(`${line}\n`)) return;
  await once(process.stdout, 'drain', { signal }).catch(() => {}); // nobody reads on: the signal says so
}
