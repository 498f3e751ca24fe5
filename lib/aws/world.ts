import type { Captures } from '../captures.ts';
import type { Config } from '../config/config.ts';
import { withGoogleTokens } from '../google/secrets.ts';
import { googleTokens } from '../google/tokens.ts';
import { idMaker } from '../ids.ts';
import { openFlights } from '../pipeline/cache/flights.ts';
import { httpSend, type Send } from '../wire/send.ts';
import type { Journal, World } from '../world.ts';
import { dynamoAccess } from './access.ts';
import { loggedAlerts, snsAlerts } from './alerts.ts';
import { dynamoAnswers } from './answers.ts';
import { batchingPuts } from './batched-puts.ts';
import { bucketCaptures } from './captures.ts';
import { type Clients, clientsAt, placeIn } from './clients.ts';
import { configInForce } from './config-in-force.ts';
import { sharedCooldowns } from './cooldowns.ts';
import { countedAlerts, countedLedger } from './counted-books.ts';
import { bundledJson, deployedParser, type WithProviders } from './deployed-config.ts';
import type { Place } from './direct.ts';
import { type Print, printer } from './emf.ts';
import { dynamoJournal } from './journal.ts';
import { reader } from './ledger/counters.ts';
import { dynamoLedger } from './ledger/ledger.ts';
import { type Persistence, persistently } from './ledger/persist.ts';
import { writer } from './ledger/writer.ts';
import { liveConfig } from './live-config.ts';
import { powertoolsLog } from './log.ts';
import { embeddedMetrics } from './metrics.ts';
import { remembered } from './remembered.ts';
import { dynamoRepeats } from './repeats.ts';
import { restTable } from './rest-table.ts';
import { sdkOnDemand } from './sdk-on-demand.ts';
import { awsSecrets } from './secrets.ts';
import { type TableNames, tableNames } from './tables.ts';
import { tracesIn } from './traced-site.ts';
import { VECTORS_ENDPOINT, vectorsOnDemand } from './vectors-on-demand.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long a deployed function, which is paid by the time, tries to write what must not be lost; then the sweep finds it. */
const DEPLOYED_PATIENCE_MS = 20_000;

/** What differs between a deployed gateway and one on a laptop. */
export type Site = {
  readonly env: Environment;
  /** What it starts with. */
  readonly config: Config;
  /** Reads a version of the configuration as one of this site; without it, what it started with holds to the end. */
  readonly parse?: (json: string) => Config;
  readonly tables: TableNames;
  /** The embedded database; AWS without it. */
  readonly endpoint?: string | undefined;
  /** How long what must not be lost is tried to be written, in milliseconds. */
  readonly patienceMs: number;
  /** How long writes that nobody waits for may rest, to leave together, in milliseconds. @default 0 */
  readonly restMs?: number;
  /** The topic for budget alerts; without it they are logged. */
  readonly alertsTopic?: string | undefined;
  /** Whether calls are printed as metrics, too, a line each: where somebody reads the log, one line is enough. */
  readonly countsCalls?: boolean;
  /** Where vectors are, asked when somebody looks for one; without it there is no place for them. */
  readonly vectorsEndpoint?: (() => Promise<string>) | undefined;
  /** Where prompts and answers are kept of tenants that want it; without it there is no place for them. */
  readonly captures?: Captures | undefined;
  /** Answers some requests itself instead of sending them; without it all are sent. */
  readonly around?: (send: Send) => Send;
};

/** The world of a deployed gateway, as its environment variables describe it. */
export function awsWorld(env: Environment, withProviders: WithProviders): World {
  const parse = deployedParser(env, withProviders);
  const vectors = env[VECTORS_ENDPOINT];
  return worldAt({
    env,
    config: parse(bundledJson(env.SLUICE_CONFIG)),
    parse,
    tables: tableNames(env),
    endpoint: env.SLUICE_DYNAMODB_ENDPOINT,
    patienceMs: DEPLOYED_PATIENCE_MS,
    alertsTopic: env.SLUICE_ALERTS_TOPIC,
    countsCalls: true,
    vectorsEndpoint: vectors ? async () => vectors : undefined,
    captures: bucketCaptures(env),
  });
}

/** Keys, ledger and journal over DynamoDB, wherever that is. */
export function worldAt(site: Site): World {
  const { env, config, parse, tables, endpoint, captures, around = (send) => send } = site;
  const { timeoutMs } = config.ledger;
  const place = placeIn(env, endpoint);
  const clients = clientsAt(place, timeoutMs, { timer, now, random });
  const { brisk } = clients;
  const books = booksAt(site, clients);
  const read = configInForce(brisk, tables);
  return {
    config: parse ? liveConfig({ read, parse, first: config, now, timer, log: books.log }) : async () => config,
    access: remembered(dynamoAccess(brisk, tables, timeoutMs), now),
    ...books,
    cooldowns: sharedCooldowns(restTable(brisk, tables, now), now, books.log),
    repeats: repeatsAt(site, clients),
    answers: dynamoAnswers(brisk, tables, now),
    flights: openFlights(),
    ...vectorsAt(site, place),
    ...(captures && { captures }),
    ...tracesIn(env, { timer, now, log: books.log }),
    secrets: withGoogleTokens(awsSecrets(env, now), googleTokens(now)),
    send: sdkOnDemand(around(httpSend(timer, now)), now),
    now,
    random,
    tick: () => performance.now(),
    timer,
    region: env.AWS_REGION,
    newId: idMaker('req_', now),
  };
}

const now = Date.now;
const random = Math.random;

/** What is written of calls: in the ledger, in the journal, in the log, as metrics and to those who want to be told. */
function booksAt(
  { config, tables, patienceMs, restMs = 0, alertsTopic, countsCalls }: Site,
  { patient, once }: Clients,
) {
  const { holdSeconds, timeoutMs } = config.ledger;
  const log = powertoolsLog();
  const print: Print = countsCalls ? printer(log) : async () => {};
  const persistence: Persistence = { timer, now, forMs: patienceMs };
  const inBatches = restMs > 0 ? batchingPuts(patient, tables.calls, { timer, restMs }) : undefined;
  const book = dynamoJournal(patient, tables, config.calls?.keptDays, now, inBatches);
  const ledger = dynamoLedger({
    ...writer(once, tables.counters, { timeoutMs, random }),
    read: reader(patient, tables.counters),
    book,
    alerts: countedAlerts(alertsTopic ? snsAlerts(alertsTopic) : loggedAlerts(log), print),
    log,
    persistence,
    random,
    holdMs: holdSeconds * 1000,
    restMs,
    timeoutMs,
  });
  const journal: Journal = { ...book, record: (call) => persistently(() => book.record(call), persistence) };
  const metrics = embeddedMetrics(log, countsCalls ? print : undefined);
  return { ledger: countedLedger(ledger, print), journal, log, metrics };
}

function repeatsAt({ config, tables, patienceMs }: Site, { brisk, patient }: Clients) {
  const persistence: Persistence = { timer, now, forMs: patienceMs };
  return dynamoRepeats({ brisk, timeoutMs: config.ledger.timeoutMs, patient, persistence, table: tables.cache });
}

/** Beside an embedded database they are on this machine, too, where nobody asks who it is. */
function vectorsAt({ vectorsEndpoint }: Site, { region, credentials }: Place): Pick<World, 'vectors'> {
  if (vectorsEndpoint === undefined) return {};
  const signing = credentials && { region: async () => region, credentials: async () => credentials() };
  return { vectors: vectorsOnDemand({ endpoint: vectorsEndpoint, signing, now }) };
}

const timer: World['timer'] = (ms, ring) => {
  const timeout = setTimeout(ring, ms);
  return () => clearTimeout(timeout);
};
