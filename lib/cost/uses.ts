import type { Door } from './doors.ts';
import * as need from './needs.ts';
import type { Priced } from './prices.ts';
import type { Workload } from './workload.ts';

/** So many units of something that has a price, and the line of the bill that they are in. */
export type Use = { readonly line: string; readonly priced: Priced; readonly units: number };

/** All that a gateway uses in a month, behind one of the doors. What of it nobody uses is left out. */
export function uses(door: Door, workload: Workload): readonly Use[] {
  return [
    ...throughDoor(door, workload),
    ...ofTables(workload),
    ...ofSight(door, workload),
    ...beside(workload),
    ...ifWanted(workload),
  ].filter(({ units }) => units > 0);
}

const use = (line: string, priced: Priced, units: number): Use => ({ line, priced, units });

function throughDoor(door: Door, { calls, callMs, memoryMb, answerBytes, promptBytes, firewallRules }: Workload) {
  const firewalled = door === 'rest-api' && firewallRules > 0;
  return [
    ...(door === 'web-function'
      ? []
      : [
          use('Lambda requests', 'functionRequest', calls),
          use('Lambda time', 'functionTime', calls * callMs * memoryMb),
        ]),
    ...(door === 'rest-api' ? [use('REST API', 'restRequest', calls)] : []),
    ...(firewalled
      ? [
          use('Firewall', 'firewall', 1),
          use('Firewall', 'firewallRule', firewallRules),
          use('Firewall', 'firewallRequest', calls),
        ]
      : []),
    use('Answers and prompts that leave AWS', 'egress', calls * (answerBytes + promptBytes)),
  ];
}

function ofTables(workload: Workload): readonly Use[] {
  const sums = need.summing(workload);
  const stored = need.recordBytes(workload);
  return [
    use('Limits and records, written', 'tableWrite', need.writes(workload)),
    use('Keys, configuration, rests, read', 'tableRead', need.reads(workload)),
    use('Records summed up', 'tableRead', sums.reads),
    use('Records summed up', 'tableWrite', sums.writes),
    use('Records kept, with backups', 'tableBytes', stored),
    use('Records kept, with backups', 'tableBackup', stored),
  ];
}

function ofSight(door: Door, workload: Workload): readonly Use[] {
  const { calls, models } = workload;
  const bytes = need.needs.logBytes + (door === 'web-function' ? 0 : need.needs.platformLogBytes);
  const seen = Math.min(models, calls);
  return [
    use('Log', 'logBytes', calls * bytes),
    use('Metrics', 'metric', calls === 0 ? 0 : need.needs.metrics * (seen + 1)),
    use('Traces', 'trace', need.traces(workload)),
    use('Alarms', 'alarm', need.needs.alarms),
    use('Alarms', 'queryAlarm', seen),
    use('Dashboard', 'dashboard', 1),
  ];
}

function beside(workload: Workload): readonly Use[] {
  const sweeps = need.sweeping(workload);
  const changes = need.auditing(workload);
  return [
    use('Sweep, every quarter of an hour', 'functionRequest', sweeps.requests),
    use('Sweep, every quarter of an hour', 'functionTime', sweeps.time),
    use('Sweep, every quarter of an hour', 'tableRead', sweeps.reads),
    use('Audit log', 'functionRequest', changes.requests),
    use('Audit log', 'functionTime', changes.time),
    use('Audit log', 'tableWrite', changes.writes),
    use('Secrets', 'secret', workload.secrets),
    use('Secrets', 'secretRead', need.secretReads(workload)),
  ];
}

function ifWanted(workload: Workload): readonly Use[] {
  const { calls, capturedPercent, guardrailUnits, searchUnitHours } = workload;
  const captured = need.captured(workload);
  return [
    use('Captures', 'key', capturedPercent > 0 ? 1 : 0),
    use('Captures', 'objectPut', captured.puts),
    use('Captures', 'objectBytes', captured.bytes),
    use('Guardrails', 'guardrailUnit', calls * guardrailUnits),
    use('Semantic cache', 'searchUnitHour', searchUnitHours),
  ];
}
