import { exceptionFrame } from '../event-stream.ts';
import type { Row, Told } from './row.ts';
import { ends, says } from './strikes.ts';

/** Bedrock's exceptions that the moment is to blame for, by their names in a stream, and how each is told. */
const exceptions: Readonly<Record<string, Told>> = {
  throttlingException: 'failed',
  modelStreamErrorException: 'failed',
  internalServerException: 'failed',
  serviceUnavailableException: 'failed',
  modelTimeoutException: 'timeout',
};

/** A name with its article. */
const named = (name: string) => `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;

/** An exception as the first frame of an answer that began with 200. */
export const first = (name: string, told: Told): Row => ({
  fault: `begins with ${named(name)}`,
  does: says(() => [exceptionFrame(name, 'Sorry.')], ends),
  only: ['bedrock'],
  told,
  owed: 'nothing',
});

/** An exception when some of the answer is here. */
export const later = (name: string, told: Told): Row => ({
  fault: `ends its answer with ${named(name)}`,
  does: says(({ opening, said }) => [opening, said, exceptionFrame(name, 'Sorry.')], ends),
  only: ['bedrock'],
  told,
  owed: 'bound',
});

export const exceptionsFirst: readonly Row[] = Object.entries(exceptions).map(([name, told]) => first(name, told));
export const exceptionsLater: readonly Row[] = Object.entries(exceptions).map(([name, told]) => later(name, told));
