import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { OWN_SECRETS } from '../config/secret-names.ts';
import { budgetsTold } from '../config/told-budgets.ts';
import type { Budgets } from '../ledger/limits.ts';
import { auditTable, type TableNames, tables } from './tables.ts';

/** The output in which a gateway's stack tells the budgets of tenants that set none. */
export const DEFAULT_BUDGETS = 'DefaultBudgets';
/** The output in which it names the bucket of captures. */
export const CAPTURES_OUTPUT = 'CapturesBucket';

/** The output in which it tells what the names of secrets begin with that its gateway may read whatever a deploy named. */
export const OWN_SECRETS_OUTPUT = 'OwnSecrets';

/** The output in which it names the stack of its vectors, and that in which this one tells where they are. */
export const VECTORS_STACK = 'VectorsStack';
export const VECTORS = 'VectorsEndpoint';

/** What the names of outputs end with that tell where a door is. */
const BASE_URL = 'BaseUrl';

/** A deployed gateway, as its stack tells of it. */
export type Deployed = {
  readonly stack: string;
  readonly tables: TableNames;
  /** The table of its audit log; undefined where the gateway is from before there was one, and would not know a stamp. */
  readonly audit: string | undefined;
  /** The bucket of its captures; undefined where it keeps none. */
  readonly captures: string | undefined;
  /** Where its vectors are; undefined where it has no place for them. */
  readonly vectors: (() => Promise<string>) | undefined;
  /** What the names of secrets begin with that it may read whatever its deploy named. */
  readonly ownSecrets: string;
  /** Where its doors are, each once. */
  readonly baseUrls: readonly string[];
  /** The budgets of tenants that set none; undefined where the stack is older than this output. */
  readonly defaultBudgets: Budgets | undefined;
};

/** Reads what a stack tells. Throws with what to do when it cannot be read. */
export async function deployedAt(stack: string): Promise<Deployed> {
  const outputs = await outputsOf(stack);
  const told = (output: string) => outputs.find(({ OutputKey }) => OutputKey === output)?.OutputValue;
  const name = (table: keyof typeof tables): string => {
    const output = `${tables[table].localName}Table`;
    const found = told(output);
    if (found === undefined) throw new Error(`The stack ${stack} has no output ${output}: is it a Sluice gateway?`);
    return found;
  };
  const urls = outputs.flatMap(({ OutputKey, OutputValue }) =>
    OutputKey?.endsWith(BASE_URL) && OutputValue ? [OutputValue] : [],
  );
  const [budgets, vectors] = [told(DEFAULT_BUDGETS), told(VECTORS_STACK)];
  return {
    stack,
    tables: { access: name('access'), counters: name('counters'), cache: name('cache'), calls: name('calls') },
    audit: told(`${auditTable.localName}Table`),
    captures: told(CAPTURES_OUTPUT),
    vectors: vectors === undefined ? undefined : () => vectorsIn(vectors),
    ownSecrets: told(OWN_SECRETS_OUTPUT) ?? OWN_SECRETS,
    baseUrls: [...new Set(urls)], // the one to hand out is told twice
    defaultBudgets: budgets === undefined ? undefined : budgetsTold(budgets),
  };
}

async function vectorsIn(stack: string): Promise<string> {
  const found = (await outputsOf(stack)).find(({ OutputKey }) => OutputKey === VECTORS)?.OutputValue;
  if (found === undefined) throw new Error(`The stack ${stack} does not tell where its vectors are. Deploy it again.`);
  return found;
}

async function outputsOf(stack: string) {
  try {
    const { Stacks } = await new CloudFormationClient({}).send(new DescribeStacksCommand({ StackName: stack }));
    return Stacks?.[0]?.Outputs ?? [];
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `The stack ${stack} cannot be read: ${reason}. Use --local for the gateway on this machine, or --stack, --region and --profile.`,
      { cause },
    );
  }
}
