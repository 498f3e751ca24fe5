/** What a month brings. */
export type Workload = {
  readonly calls: number;
  /** How long one takes, from its request to the end of its stream. */
  readonly callMs: number;
  /** What the function has, of which the processor is a part. */
  readonly memoryMb: number;
  /** What a caller is sent, chunks and their wrappers included, and what a provider is sent. */
  readonly answerBytes: number;
  readonly promptBytes: number;
  /** How many of a call's four scopes have limits: tenant, key, user, feature. */
  readonly scopes: number;
  /** Among which calls are spread. */
  readonly tenants: number;
  /** How many tenants, keys, users and features have a counter. */
  readonly counters: number;
  readonly models: number;
  /** How many secrets hold keys of providers. */
  readonly secrets: number;
  /** For how long the record of a call is kept. */
  readonly keptDays: number;
  /** How often a tenant, a key or the configuration is changed. */
  readonly changes: number;
  readonly traced: boolean;
  /** Rules of the firewall before the REST API; with none there is no firewall. */
  readonly firewallRules: number;
  /** Of a hundred calls, how many are kept with prompt and answer; how large that is, and for how long. */
  readonly capturedPercent: number;
  readonly captureBytes: number;
  readonly captureDays: number;
  /** Units of a thousand characters that guardrails see of a call, once for each policy. */
  readonly guardrailUnits: number;
  /** How long the semantic cache is awake, times its capacity units. */
  readonly searchUnitHours: number;
  /** Whether what every account is given for nothing is taken off. */
  readonly freeTier: boolean;
};

/** What is reckoned with where nobody says otherwise. */
export const usualWorkload: Workload = {
  calls: 1_000_000,
  callMs: 5_000,
  memoryMb: 512,
  answerBytes: 50_000, // 250 tokens, each a chunk of 200 bytes
  promptBytes: 8_000,
  scopes: 2,
  tenants: 10,
  counters: 100,
  models: 3,
  secrets: 1,
  keptDays: 90,
  changes: 100,
  traced: true,
  firewallRules: 0,
  capturedPercent: 0,
  captureBytes: 10_000,
  captureDays: 30,
  guardrailUnits: 0,
  searchUnitHours: 0,
  freeTier: false,
};

/** The same, in a month in which nobody calls. */
export const idle = (workload: Workload): Workload => ({ ...workload, calls: 0, changes: 0, searchUnitHours: 0 });

export const MONTH_DAYS = 30;
export const MONTH_SECONDS = MONTH_DAYS * 86_400;

/** How many calls are under way at once, on average. */
export const atOnce = ({ calls, callMs }: Workload): number => (calls * callMs) / 1000 / MONTH_SECONDS;
