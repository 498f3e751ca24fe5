import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import type { Config } from '../config/config.ts';
import { emptyConfig } from '../config/config.ts';
import { toConfig } from '../config/schema.ts';
import { withGoogleTokens } from '../google/secrets.ts';
import { googleTokens } from '../google/tokens.ts';
import { idMaker } from '../ids.ts';
import { httpSend, type Send } from '../wire/send.ts';
import type { World } from '../world.ts';
import { dynamoAccess } from './access.ts';
import { withConverse } from './converse.ts';
import { dynamodb } from './dynamodb.ts';
import { withInvoke } from './invoke.ts';
import { dynamoJournal } from './journal.ts';
import { dynamoLedger } from './ledger.ts';
import { powertoolsLog } from './log.ts';
import { remembered } from './remembered.ts';
import { awsSecrets } from './secrets.ts';
import { type TableNames, tableNames } from './tables.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How long the ledger may take before the gateway refuses. */
const LEDGER_TIMEOUT_MS = 2_000;

/** What differs between a deployed gateway and one on a laptop. */
export type Site = {
  readonly env: Environment;
  readonly config: Config;
  readonly tables: TableNames;
  /** The embedded database; AWS without it. */
  readonly endpoint?: string | undefined;
  /** Answers some requests itself instead of sending them; without it all are sent. */
  readonly around?: (send: Send) => Send;
};

/** The world of a deployed gateway, as its environment variables describe it. */
export function awsWorld(env: Environment): World {
  return worldAt({
    env,
    config: deployedConfig(env.SLUICE_CONFIG),
    tables: tableNames(env),
    endpoint: env.SLUICE_DYNAMODB_ENDPOINT,
  });
}

/** Keys, ledger and journal over DynamoDB, wherever that is. */
export function worldAt({ env, config, tables, endpoint, around = (send) => send }: Site): World {
  const now = Date.now;
  // A caller waits for what is read; nobody waits for what is written afterwards, and it must not be lost.
  const brisk = dynamodb({ endpoint, tryMs: LEDGER_TIMEOUT_MS / 2, tries: 3 });
  const stubborn = dynamodb({ endpoint, tryMs: LEDGER_TIMEOUT_MS, tries: 10 });
  return {
    config: () => config,
    access: remembered(dynamoAccess(brisk, tables, LEDGER_TIMEOUT_MS), now),
    ledger: dynamoLedger(stubborn, tables),
    journal: dynamoJournal(stubborn, tables),
    secrets: withGoogleTokens(awsSecrets(env, now), googleTokens(now)),
    send: withInvoke(withConverse(around(httpSend(timer)))),
    log: powertoolsLog(),
    now,
    tick: () => performance.now(),
    timer,
    newId: idMaker('req_', now),
  };
}

const timer: World['timer'] = (ms, ring) => {
  const timeout = setTimeout(ring, ms);
  return () => clearTimeout(timeout);
};

/** The configuration that was deployed with the function: JSON, validated when the stack was built and again here. */
function deployedConfig(path: string | undefined): Config {
  if (path === undefined || path === '') return emptyConfig;
  const read = toConfig(JSON.parse(readFileSync(path, 'utf8')));
  if ('problems' in read)
    throw new Error(
      `The deployed configuration cannot be used: ${read.problems.map(({ path, problem }) => `${path.join('.')} ${problem}`).join('; ')}`,
    );
  return read.config;
}
