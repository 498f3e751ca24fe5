import type { Caller } from '../../lib/caller.ts';
import { type Config, emptyConfig } from '../../lib/config/config.ts';
import { GatewayError } from '../../lib/errors.ts';
import type { Hold } from '../../lib/ledger/admission.ts';
import { unlimited } from '../../lib/ledger/limits.ts';
import { keyHash } from '../../lib/pipeline/authenticate.ts';
import { openFlights } from '../../lib/pipeline/cache/flights.ts';
import type { Visit } from '../../lib/pipeline/visit.ts';
import type { Answers, Recalled } from '../../lib/recall.ts';
import type { Claim, Claimed, KeptAnswer, Repeats } from '../../lib/repeats.ts';
import type { Bill, CallRecord, World } from '../../lib/world.ts';

export const apiKey = 'sk-sluice-canary-api-key';
export const providerKey = 'canary.provider.key.of.no.known.shape';

/** What was written while a world was used. */
export type Written = {
  readonly settled: { readonly hold: Hold; readonly bill: Bill }[];
  readonly calls: CallRecord[];
  readonly counted: string[];
  readonly lines: { readonly level: 'info' | 'error'; readonly message: string; readonly fields: unknown }[];
};

/** A world in memory whose clock the test moves. It refuses what the real one refuses. */
export type FakeWorld = World & {
  readonly written: Written;
  /** Moves both clocks on, and rings the timers whose time has come. */
  readonly pass: (ms: number) => void;
  readonly timers: () => number;
};

export const caller: Caller = {
  tenant: 'acme',
  keyId: 'key_1',
  allowed: [],
  featureModels: {},
  requires: [],
  featureRedactions: {},
  featureGuards: {},
  revoked: false,
  limits: unlimited,
  priority: 'standard',
  timezone: 'UTC',
};

/** A world with one key in it, `apiKey`; whatever is given takes the place of what it has. */
export function fakeWorld({
  config = emptyConfig,
  callers = { [apiKey]: caller },
  ...given
}: Partial<Omit<World, 'config'>> & { config?: Config; callers?: Readonly<Record<string, Caller>> } = {}): FakeWorld {
  const written: Written = { settled: [], calls: [], counted: [], lines: [] };
  const known = new Map(Object.entries(callers).map(([secret, each]) => [keyHash(secret), each]));
  const timers = new Set<{ readonly at: number; readonly ring: () => void }>();
  let passed = 0;
  let ids = 0;
  return {
    config: async () => config,
    access: { find: async (hash) => known.get(hash) },
    ledger: {
      reserve: async (reservation) => ({
        ok: true,
        hold: { ...reservation, mark: `r#${reservation.id}`, nanoDollars: reservation.demand.nanoDollars },
        standing: {},
      }),
      raise: async () => true,
      settle: async (hold, bill) => {
        if (!Number.isSafeInteger(bill.nanoDollars) || bill.nanoDollars < 0)
          throw new RangeError('No amount of money.');
        if (written.settled.every((each) => each.hold.id !== hold.id)) written.settled.push({ hold, bill });
      },
      idle: async () => {},
      turnedAway: async () => {},
    },
    journal: {
      record: async (call) => {
        written.calls.push(call);
        return call.bill;
      },
      find: async (tenant, id) => {
        const found = written.calls.find((call) => call.tenant === tenant && call.id === id);
        return found && { ...found };
      },
    },
    repeats: memoryOfRepeats(() => 1_800_000_000_000 + passed),
    answers: memoryOfAnswers(() => 1_800_000_000_000 + passed),
    flights: openFlights(),
    metrics: {
      count: (metric) => void written.counted.push(metric),
      call: async () => {},
      refused: async () => {},
    },
    secrets: {
      reveal: async (reference) => {
        if (reference === 'env:LAB_KEY') return providerKey;
        throw new GatewayError('provider_credentials', { message: `Nothing is behind ${reference}.` });
      },
    },
    cooldowns: {
      resting: () => false,
      admits: async () => 'well',
      note: () => {},
      release: () => {},
      idle: async () => {},
    },
    send: async () => {
      throw new Error('This world sends nothing.');
    },
    log: {
      info: (message, fields) => void written.lines.push({ level: 'info', message, fields }),
      error: (message, fields) => void written.lines.push({ level: 'error', message, fields }),
    },
    now: () => 1_800_000_000_000 + passed,
    random: () => 0.5,
    tick: () => passed,
    timer: (ms, ring) => {
      const timer = { at: passed + ms, ring };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    newId: () => `req_${++ids}`,
    ...given,
    written,
    pass: (ms) => {
      passed += ms;
      for (const timer of timers) if (timer.at <= passed && timers.delete(timer)) timer.ring();
    },
    timers: () => timers.size,
  };
}

const DAY_MS = 24 * 3_600_000;

type Standing = { readonly claim: Claim; lease: number; end: number; answer?: KeptAnswer };

/** Claims and answers in memory, with the refusals of the real ones. */
function memoryOfRepeats(now: () => number): Repeats {
  const standing = new Map<string, Standing>();
  const owned = ({ name, owner }: Claim): Standing | undefined => {
    const found = standing.get(name);
    return found?.claim.owner === owner && found.answer === undefined ? found : undefined;
  };
  return {
    claim: async (claim, forMs): Promise<Claimed> => {
      const found = standing.get(claim.name);
      const same = found?.claim.request === claim.request;
      if (found !== undefined && found.end > now()) {
        if (!same) return { state: 'other' };
        if (found.answer !== undefined) return { state: 'done', owner: found.claim.owner, answer: found.answer };
        if (found.lease > now()) return { state: found.claim.owner === claim.owner ? 'mine' : 'running' };
      }
      standing.set(claim.name, { claim, lease: now() + forMs, end: now() + DAY_MS });
      return { state: 'mine' };
    },
    renew: async (claim, forMs) => {
      const found = owned(claim);
      if (found !== undefined) found.lease = now() + forMs;
    },
    keep: async (claim, answer) => {
      const found = owned(claim);
      if (found !== undefined) Object.assign(found, { answer, end: now() + DAY_MS });
    },
    release: async (claim) => {
      if (owned(claim) !== undefined) standing.delete(claim.name);
    },
  };
}

/** Answers in memory, with the refusals of the real ones. */
function memoryOfAnswers(now: () => number): Answers {
  const kept = new Map<string, Recalled>();
  const leads = new Map<string, { readonly owner: string; readonly until: number; readonly landed?: number }>();
  const stateOf = (lead: { readonly until: number; readonly landed?: number } | undefined) =>
    lead === undefined || lead.landed !== undefined ? 'none' : lead.until > now() ? 'held' : 'lapsed';
  return {
    find: async ({ key }, signal) => {
      signal.throwIfAborted();
      const answer = kept.get(key);
      return {
        answer: answer !== undefined && answer.expiresAt > now() ? answer : undefined,
        lead: stateOf(leads.get(key)),
        cleared: 0,
      };
    },
    keep: async ({ key }, answer) => {
      kept.set(key, answer);
      return true;
    },
    lead: async ({ key }, { owner, forMs, sawAt }, signal) => {
      signal.throwIfAborted();
      const lead = leads.get(key);
      if (lead !== undefined && lead.owner !== owner && lead.until > now()) return 'held';
      if (lead?.landed !== undefined && lead.owner !== owner && lead.landed >= sawAt) return 'landed';
      leads.set(key, { owner, until: now() + forMs });
      return 'ours';
    },
    renew: async ({ key }, owner, forMs) => {
      if (leads.get(key)?.owner === owner) leads.set(key, { owner, until: now() + forMs });
    },
    release: async ({ key }, owner) => {
      if (leads.get(key)?.owner === owner) leads.set(key, { owner, until: 0, landed: now() });
    },
  };
}

/** A visit as a door would make it of an ordinary chat call. */
export function visitOf(body: unknown, more: Partial<Visit> = {}): Visit {
  return {
    id: 'req_test',
    method: 'POST',
    path: '/v1/chat/completions',
    body: body instanceof Uint8Array ? body : Buffer.from(JSON.stringify(body)),
    signal: new AbortController().signal,
    over: new AbortController().signal,
    startedAt: 1_800_000_000_000,
    startedTick: 0,
    ...more,
    headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', ...more.headers },
  };
}

export const messages = [{ role: 'user', content: 'Hello there' }] as const;
