import { describe, expect, test } from 'vitest';
import * as questions from '../../infra/log-questions.ts';
import { metricUnits } from '../../lib/aws/metric-names.ts';
import { needs } from '../../lib/cost/needs.ts';
import { recordOf } from '../support/records.ts';
import { synthesized } from './synthesized.ts';

const { gateway, state } = synthesized();
const { gateway: trial } = synthesized({ metricsNamespace: 'Sluice-trial', spendPerHourUsd: 2.5 });

const text = (template: typeof gateway, type: string) => JSON.stringify(template.findResources(type));
const known = Object.keys(metricUnits);

/** The names of all metrics that a template's dashboard or alarms speak of. */
function namesIn(resources: string): readonly string[] {
  const plain = resources.replaceAll('\\', '');
  const patterns = [
    /"MetricName":"(\w+)"/g, // of an alarm
    /\["Sluice","(\w+)"/g, // of a graph
    /MetricName="(\w+)"/g, // of a search
    /SELECT MIN\((\w+)\)/g, // of a query
  ];
  return patterns.flatMap((pattern) => [...plain.matchAll(pattern)].map(([, name = '']) => name));
}

describe('the dashboard', () => {
  const [dashboard, ...others] = Object.values(gateway.findResources('AWS::CloudWatch::Dashboard'));
  const body = text(gateway, 'AWS::CloudWatch::Dashboard');

  test('is one, named after its stack and its region, for an account has one of a name in all regions together', () => {
    const name = { 'Fn::Join': ['', ['sluice-gateway-', { Ref: 'AWS::Region' }]] };
    expect([others, dashboard?.Properties.DashboardName]).toEqual([[], name]);
    const { Value } = gateway.findOutputs('DashboardUrl').DashboardUrl ?? {};
    expect(Value['Fn::Join'][1].slice(-2)).toEqual([
      expect.stringMatching(/\/sluice-gateway-$/),
      { Ref: 'AWS::Region' },
    ]);
  });

  test('shows what the gateway prints, and nothing it does not', () => {
    const shown = namesIn(body);
    expect(shown.length).toBeGreaterThan(25);
    expect(shown.filter((name) => !known.includes(name))).toEqual([]);
    const drawn = new Set(shown);
    expect(known.filter((name) => !drawn.has(name))).toEqual(['Faults', 'Errors']); // which are drawn by their source
  });

  test('asks the log of the front door, and of nobody else', () => {
    const asked = [...body.matchAll(/SOURCE '"?,?\{?"?(\w*)/g)];
    expect(asked).toHaveLength(Object.keys(questions).length);
    expect(new Set([...body.matchAll(/"Ref":"(\w*Logs\w*)"/g)].map(([, id]) => id))).toEqual(
      new Set(['FrontDoorLogs38CDE1C0']),
    );
  });

  test('asks for nothing that the line of a call does not say', () => {
    const line: Readonly<Record<string, unknown>> = {
      ...recordOf({ user: 'bob', feature: 'search', errorCode: 'timeout', savedNanoUsd: 1 }),
      message: 'call',
    };
    const words = Object.values(questions)
      .flat()
      .flatMap((each) => each.replace(/"[^"]*"/g, '').match(/[a-zA-Z.]+/g) ?? []);
    const fields = words.filter((word) => !LANGUAGE.has(word));
    expect(new Set(fields).size).toBeGreaterThan(6);
    for (const field of fields) {
      const value = field
        .split('.')
        .reduce<unknown>((within, name) => Object.entries(within ?? {}).find(([key]) => key === name)?.[1], line);
      expect(value, field).toBeDefined();
    }
  });
});

/** Words of Logs Insights, and names that our questions give. */
const LANGUAGE = new Set(
  'filter stats sum count as by bin h and sort desc limit latest dollars calls failed saved'.split(' '),
);

describe('alarms', () => {
  const alarms = Object.values(gateway.findResources('AWS::CloudWatch::Alarm'));
  const printed = alarms.filter(({ Properties }) => Properties.Namespace !== 'AWS/Lambda');

  test('watch errors, own time, spending, the ledger, guardrails, providers, the sweep and what is our own fault, by metrics that are printed', () => {
    expect(alarms).toHaveLength(11);
    const watched = namesIn(JSON.stringify(printed));
    expect(watched.filter((name) => !known.includes(name))).toEqual([]);
    expect(new Set(watched)).toEqual(
      new Set([
        'Calls',
        'Faults',
        'OwnMs',
        'CostUsd',
        'LedgerUnavailable',
        'GuardrailFailed',
        'TargetFailed',
        'AbandonedHolds',
        'GatewayErrors',
      ]),
    );
  });

  test('tell the topic that people subscribed to, and are quiet while nobody calls', () => {
    for (const { Properties } of alarms) {
      expect(Properties).toMatchObject({
        AlarmActions: [{ 'Fn::ImportValue': expect.stringContaining('OutputRefAlerts') }],
        TreatMissingData: 'notBreaching',
        AlarmDescription: expect.stringMatching(/^Sluice: .*\.$/),
      });
    }
    expect(text(state, 'AWS::SNS::Topic')).toContain('Sluice');
  });

  test('sum up what is printed without a dimension; only of providers each is watched by itself', () => {
    const all = JSON.stringify(printed);
    expect(all).not.toContain('"Dimensions"');
    expect(all).not.toContain('SEARCH');
    expect(all.match(/GROUP BY provider ORDER BY MIN\(\) DESC/g)).toHaveLength(1);
  });

  test('watch whether a function itself fails or is not let run, as Lambda counts it, for of that the gateway prints nothing', () => {
    const errorsOf = (id: string, MetricName = 'Errors') => ({
      MetricName,
      Dimensions: [{ Name: 'FunctionName', Value: { Ref: expect.stringMatching(id) } }],
      Statistic: 'Sum',
    });
    expect(alarms.flatMap((each) => (printed.includes(each) ? [] : each.Properties))).toEqual([
      expect.objectContaining({ ...errorsOf('^FrontDoorFunction'), Period: 60, EvaluationPeriods: 5 }),
      expect.objectContaining({ ...errorsOf('^FrontDoorFunction', 'Throttles'), Period: 300, Threshold: 1 }),
      expect.objectContaining({ ...errorsOf('^SweepFunction'), Period: 3_600, Threshold: 2 }),
    ]);
  });

  test('of spending is at what was asked for, else at ten dollars an hour', () => {
    const spending = { MetricName: 'CostUsd', Statistic: 'Sum', Period: 3_600 };
    gateway.hasResourceProperties('AWS::CloudWatch::Alarm', { ...spending, Namespace: 'Sluice', Threshold: 10 });
    trial.hasResourceProperties('AWS::CloudWatch::Alarm', { ...spending, Namespace: 'Sluice-trial', Threshold: 2.5 });
  });
});

test('two installations in one account count apart: gateway, sweep, dashboard and alarms all go by the same name', () => {
  const environments = Object.values(trial.findResources('AWS::Lambda::Function')).flatMap(
    ({ Properties }) => Properties.Environment?.Variables.SLUICE_METRICS_NAMESPACE ?? [],
  );
  expect(environments).toEqual(['Sluice-trial', 'Sluice-trial']);
  for (const type of ['AWS::CloudWatch::Dashboard', 'AWS::CloudWatch::Alarm']) {
    expect(text(trial, type)).toContain('Sluice-trial');
    expect(text(trial, type).replaceAll('\\', '')).not.toMatch(/"Sluice"/);
  }
});

test('the cost reckons with as many metrics of alarms, and dashboards, as the stacks have', () => {
  const all = (type: string) => [gateway, state].flatMap((template) => Object.values(template.findResources(type)));
  const watched = all('AWS::CloudWatch::Alarm').flatMap(({ Properties }): readonly object[] =>
    Properties.Metrics === undefined
      ? [{}]
      : Properties.Metrics.filter(({ MetricStat }: { readonly MetricStat?: object }) => MetricStat !== undefined),
  );
  // An alarm on a query watches one metric of each model, and none while nobody calls.
  expect(watched).toHaveLength(needs.alarms);
  expect(all('AWS::CloudWatch::Dashboard')).toHaveLength(1);
});
