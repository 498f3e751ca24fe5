import { fork } from 'node:child_process';
import { once } from 'node:events';
import { toInForce } from '../aws/config-items.ts';
import type { ConfigStore } from '../aws/config-store.ts';
import type { Content } from '../config/content.ts';
import { toFields } from './dynamodb/fields.ts';

/** What a gateway that starts has written into its database, and then never again. */
export type Opening = Pick<ConfigStore, 'adopt' | 'inForce'> & {
  /** Makes the tables where they are missing; to be asked for first. */
  readonly makeTables: (endpoint: string) => Promise<void>;
  /** Makes sure that there is a first key; gives back the one that may be shown. */
  readonly seed: (demoKey: string | undefined) => Promise<string | undefined>;
  readonly end: () => void;
};

/** What is asked of the process that opens, one question after the other. */
export type Question =
  | { readonly does: 'makeTables'; readonly endpoint: string }
  | { readonly does: 'adopt'; readonly content: Content; readonly origin: 'file' | 'deploy' }
  | { readonly does: 'inForce' }
  | { readonly does: 'seed'; readonly demoKey: string | undefined };

export type Answer = { readonly given?: unknown } | { readonly error: string };

/**
 * Opens in a process that ends when all is written: it takes the AWS SDK, which a gateway would keep in memory as long
 * as it runs, and which loads while the database starts.
 */
export function startOpening(program: string): Opening {
  const child = fork(program, ['opening'], { execArgv: [] });
  const { promise: ended, reject } = Promise.withResolvers<never>();
  child.once('error', reject);
  child.once('exit', (code, signal) => reject(new Error(`What opens the local database ended (${signal ?? code}).`)));
  ended.catch(() => {}); // it is told to whoever asks
  const ask = async (question: Question): Promise<unknown> => {
    const answered = once(child, 'message');
    child.send(question, () => {}); // one that is gone has ended
    const [answer] = await Promise.race([answered, ended]);
    const { given, error } = toFields(answer);
    if (typeof error === 'string') throw new Error(error);
    return given;
  };
  return {
    makeTables: async (endpoint) => void (await ask({ does: 'makeTables', endpoint })),
    adopt: async (content, origin) => Number(await ask({ does: 'adopt', content, origin })),
    inForce: async () => {
      const found = await ask({ does: 'inForce' });
      return found === undefined ? undefined : toInForce(found);
    },
    seed: async (demoKey) => {
      const key = await ask({ does: 'seed', demoKey });
      return typeof key === 'string' ? key : undefined;
    },
    end: () => {
      if (child.connected) child.disconnect();
    },
  };
}
