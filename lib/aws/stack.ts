import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { type TableNames, tables } from './tables.ts';

/** What the tables of a deployed gateway are called, as its stack says. Throws with what to do when it cannot be read. */
export async function stackTableNames(stack: string): Promise<TableNames> {
  const outputs = await outputsOf(stack);
  const name = (table: keyof typeof tables): string => {
    const found = outputs.find(({ OutputKey }) => OutputKey === `${tables[table].localName}Table`)?.OutputValue;
    if (found === undefined)
      throw new Error(`The stack ${stack} has no output ${tables[table].localName}Table: is it a Sluice gateway?`);
    return found;
  };
  return { access: name('access'), counters: name('counters'), cache: name('cache'), calls: name('calls') };
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
