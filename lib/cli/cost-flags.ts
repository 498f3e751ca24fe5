import { usualWorkload, type Workload } from '../cost/workload.ts';
import { given, type OptionKinds, type Options } from './options.ts';
import { Wrong } from './wrong.ts';

type Flag = {
  readonly of: keyof Workload;
  /** From and to what it goes. */
  readonly least: number;
  readonly most: number;
  /** How many of the workload's units one of the flag's is. */
  readonly times?: number;
};

const flags: Readonly<Record<string, Flag>> = {
  calls: { of: 'calls', least: 0, most: 1e9 },
  seconds: { of: 'callMs', least: 0.001, most: 900, times: 1_000 },
  memory: { of: 'memoryMb', least: 128, most: 10_240 },
  'answer-kb': { of: 'answerBytes', least: 0, most: 200_000, times: 1_000 },
  'prompt-kb': { of: 'promptBytes', least: 0, most: 6_000, times: 1_000 },
  scopes: { of: 'scopes', least: 0, most: 4 },
  tenants: { of: 'tenants', least: 1, most: 1e6 },
  counters: { of: 'counters', least: 0, most: 1e7 },
  models: { of: 'models', least: 1, most: 1_000 },
  secrets: { of: 'secrets', least: 0, most: 1_000 },
  'kept-days': { of: 'keptDays', least: 1, most: 3_650 },
  changes: { of: 'changes', least: 0, most: 1e6 },
  'waf-rules': { of: 'firewallRules', least: 0, most: 100 },
  captured: { of: 'capturedPercent', least: 0, most: 100 },
  'capture-kb': { of: 'captureBytes', least: 0.001, most: 8_000, times: 1_000 },
  'capture-days': { of: 'captureDays', least: 1, most: 3_650 },
  'guardrail-units': { of: 'guardrailUnits', least: 0, most: 1_000 },
  'search-hours': { of: 'searchUnitHours', least: 0, most: 5_952 }, // eight units for 31 days
};

/** The options that say what a month brings. */
export const costFlags: OptionKinds = {
  ...Object.fromEntries(Object.keys(flags).map((name) => [name, 'value' as const])),
  'no-traces': 'switch',
  'free-tier': 'switch',
};

/** What a month brings, as the options say, and as usual where they say nothing. */
export function toWorkload(options: Options): Workload {
  const said = Object.entries(flags).flatMap(([name, flag]) => {
    const text = given(options, name);
    return text === undefined ? [] : [[flag.of, toAmount(text, name, flag)]];
  });
  return {
    ...usualWorkload,
    ...Object.fromEntries(said),
    traced: !options.has('no-traces'),
    freeTier: options.has('free-tier'),
  };
}

function toAmount(text: string, name: string, { least, most, times = 1 }: Flag): number {
  const said = /^\d+(\.\d+)?(e\d{1,2})?$/i.test(text) ? Number(text) : Number.NaN;
  const amount = Math.round(said * times);
  const whole = times > 1 || Number.isInteger(said);
  if (whole && said >= least && said <= most) return amount;
  const kind = times > 1 ? 'number' : 'whole number';
  throw new Wrong(
    `--${name} takes a ${kind} from ${least} to ${most}, such as ${example(name)}; not ${JSON.stringify(text)}.`,
  );
}

const example = (name: string): string => ({ calls: '1e6', seconds: '2.5', memory: '512' })[name] ?? '1';
