import { expect, test } from 'vitest';
import { needs } from '../../lib/cost/needs.ts';
import { synthesized } from './synthesized.ts';

test('the cost reckons with as many metrics of alarms, and dashboards, as the stacks have', () => {
  const templates = Object.values(synthesized());
  const alarms = templates.flatMap((template) => Object.values(template.findResources('AWS::CloudWatch::Alarm')));
  const watched = alarms.flatMap(({ Properties }): readonly object[] =>
    Properties.Metrics === undefined
      ? [{}]
      : Properties.Metrics.filter(({ MetricStat }: { readonly MetricStat?: object }) => MetricStat !== undefined),
  );
  // An alarm on a query watches one metric of each model, and none while nobody calls.
  expect(watched).toHaveLength(needs.alarms);
  const dashboards = templates.flatMap((template) => Object.keys(template.findResources('AWS::CloudWatch::Dashboard')));
  expect(dashboards).toHaveLength(1);
});
