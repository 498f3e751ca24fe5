import { RetentionDays } from 'aws-cdk-lib/aws-logs';

/** The memory in MB that `-c memory=1024`, or the same in cdk.json, gives the gateway's function, and with it processor time; undefined where it does not say. */
export function memoryAsked(asked: unknown): number | undefined {
  if (asked === undefined) return undefined;
  const megabytes = Number(asked);
  // https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
  if (/^\d{3,5}$/.test(String(asked)) && megabytes >= 128 && megabytes <= 10_240) return megabytes;
  throw new Error(`The context value memory is a whole number of MB from 128 to 10240; not ${JSON.stringify(asked)}.`);
}

/** For how many days `-c logsKeptDays=365`, or the same in cdk.json, wants the lines of calls kept; undefined, which is 30, where it does not say. */
export function logsKeptAsked(asked: unknown): RetentionDays | undefined {
  if (asked === undefined) return undefined;
  const found = /^\d+$/.test(String(asked)) ? allowed.find((days) => days === Number(asked)) : undefined;
  if (found !== undefined) return found;
  throw new Error(`The context value logsKeptDays is one of ${allowed.join(', ')}; not ${JSON.stringify(asked)}.`);
}

/** CloudWatch has no others. */
const allowed = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);
