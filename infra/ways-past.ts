import { Annotations, type Stack } from 'aws-cdk-lib';
import type { RestAsked } from './doors-asked.ts';

/** Whether something that keeps callers away was asked for, which only a REST API can have before it. */
export const guarded = (rest: RestAsked | undefined): boolean =>
  [rest?.firewall, rest?.requestsPerSecond, rest?.burst].some((guard) => guard !== undefined);

/** Tells who deploys that a way in leads past what was asked to guard another. */
export function warnOfWayPast(stack: Stack, name: string, advice: string): void {
  Annotations.of(stack).addWarningV2(
    `sluice:${name}`,
    `Firewall and throttles guard the REST API alone; ${advice} closes the way past them.`,
  );
}
