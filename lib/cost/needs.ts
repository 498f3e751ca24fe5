import { atOnce, MONTH_DAYS, MONTH_SECONDS, type Workload } from './workload.ts';

/** What a call asks of the tables and the log. A test counts it on the code. */
export const needs = {
  /** Scopes that are booked whether they have limits or not: the tenant and the key. */
  bookedScopes: 2,
  /** A scope with limits is written before a call and after it, one without only after it. */
  writesOfLimited: 2,
  writesOfBooked: 1,
  /** The record of a call, with its entries in the indexes by key and, of calls for a feature, by feature. */
  recordBytes: 900,
  /** A counter, and what each call under way adds to it. */
  counterBytes: 400,
  holdBytes: 150,
  /** Key, tenant, configuration, and which targets rest: at most once a call, for an environment remembers them some seconds. */
  reads: 4,
  /** The line of a call, the line with its metrics, and what Lambda itself writes of a call. */
  logBytes: 1_800,
  platformLogBytes: 800,
  /** Metrics of a model, and of all together. */
  metrics: 9,
  /** Metrics that alarms watch, besides one of each model. */
  alarms: 12,
} as const;

const WRITE_UNIT = 1_024;
const READ_UNIT = 4_096;
const QUARTERS = MONTH_DAYS * 96;
/** What a sweep is given, and a guess of how long it takes. */
const SWEEP = { ms: 1_000, memoryMb: 512 };
/** The same, of writing a change into the audit log. */
const AUDIT = { ms: 200, memoryMb: 256 };
const SECRET_SECONDS = 300;

/** Units written for calls. A counter is charged by its size, so it costs more the more calls of its tenant run at once. */
export function writes(workload: Workload): number {
  const { calls, scopes, tenants } = workload;
  const counter = Math.ceil((needs.counterBytes + (needs.holdBytes * atOnce(workload)) / tenants) / WRITE_UNIT);
  const booked = Math.max(0, needs.bookedScopes - scopes);
  const indexes = scopes > 3 ? 2 : 1;
  const record = Math.ceil(needs.recordBytes / WRITE_UNIT) + indexes;
  return calls * (counter * (needs.writesOfLimited * scopes + needs.writesOfBooked * booked) + record);
}

export const reads = ({ calls }: Workload): number => calls * needs.reads;

/** Records that are there at once, with their entries in indexes. */
export const recordBytes = ({ calls, keptDays }: Workload): number =>
  Math.ceil((calls * (needs.recordBytes + 200) * keptDays) / MONTH_DAYS);

/** Reading each record once and writing the sums of each tenant's quarters. */
export const summing = ({ calls, tenants }: Workload) => ({
  reads: Math.ceil((calls * needs.recordBytes) / READ_UNIT),
  writes: calls === 0 ? 0 : 2 * QUARTERS * Math.min(tenants, calls),
});

/** The runs of the sweep, each of which reads all counters twice, at half price. */
export const sweeping = ({ counters }: Workload) => ({
  requests: QUARTERS,
  time: QUARTERS * SWEEP.ms * SWEEP.memoryMb,
  reads: QUARTERS * Math.ceil((counters * needs.counterBytes) / READ_UNIT),
});

export const auditing = ({ changes }: Workload) => ({
  requests: changes,
  time: changes * AUDIT.ms * AUDIT.memoryMb,
  writes: 2 * changes,
});

/** What X-Ray's default rule records: one a second, and 5 % of the rest. */
export const traces = ({ calls, traced }: Workload): number =>
  traced ? Math.min(calls, MONTH_SECONDS + Math.max(0, Math.ceil((calls - MONTH_SECONDS) / 20))) : 0;

/** Each environment reads each secret again after five minutes; but none more often than it is called. */
export const secretReads = (workload: Workload): number =>
  workload.secrets * Math.min(workload.calls, Math.ceil((atOnce(workload) + 1) * (MONTH_SECONDS / SECRET_SECONDS)));

export const captured = ({ calls, capturedPercent, captureBytes, captureDays }: Workload) => {
  const puts = Math.ceil((calls * capturedPercent) / 100);
  return { puts, bytes: Math.ceil((puts * captureBytes * captureDays) / MONTH_DAYS) };
};
