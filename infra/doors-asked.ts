import type { Domain, RestDoorProps } from './rest-door.ts';
import { trueOrFalse } from './stages.ts';

/** By what ways the gateway is reached. */
export type Doors = {
  /** Whether the function has a URL of its own. */
  readonly functionUrl: boolean;
  /** What stands in front of it, if anything does. */
  readonly rest: RestAsked | undefined;
};

/** How it stands there. */
export type RestAsked = Omit<RestDoorProps, 'live'>;

/** What `-c NAME=VALUE`, or the same in cdk.json, asks for; throws for what it cannot mean. */
export function doorsAsked(context: (name: string) => unknown): Doors {
  const asked = (name: string, usually: boolean) => trueOrFalse(name, context(name) ?? usually);
  const functionUrl = asked('functionUrl', true);
  const rest = asked('restApi', true) ? restAsked(context) : undefined;
  if (rest !== undefined) return { functionUrl, rest };
  const useless = OF_REST.find((name) => context(name) !== undefined);
  if (useless !== undefined)
    throw new Error(`The context value ${useless} is for the REST API, which restApi=false takes away; leave one out.`);
  if (!functionUrl)
    throw new Error(
      'With functionUrl=false and restApi=false nobody could reach the function; a Web Function is another, beside it. Leave one of the two out.',
    );
  return { functionUrl, rest };
}

/** What somebody has who asks for nothing. */
export const usualDoors: Doors = doorsAsked(() => undefined);

const OF_REST = [
  'domain',
  'certificateArn',
  'requestsPerSecond',
  'burst',
  'accessLog',
  'waf',
  'wafRequestsPerFiveMinutes',
];

function restAsked(context: (name: string) => unknown): RestAsked {
  const number = (name: string, least = 1) => wholeNumber(name, context(name), least);
  const wanted = (name: string) => trueOrFalse(name, context(name) ?? false);
  // AWS WAF has 10 as its least: https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
  const requestsPerFiveMinutes = number('wafRequestsPerFiveMinutes', 10);
  const waf = wanted('waf');
  if (!waf && requestsPerFiveMinutes !== undefined)
    throw new Error('The context value wafRequestsPerFiveMinutes is for the firewall; ask for that, too: waf=true.');
  return {
    domain: domainAsked(context('domain'), context('certificateArn')),
    requestsPerSecond: number('requestsPerSecond'),
    burst: number('burst'),
    accessLog: wanted('accessLog'),
    firewall: waf ? { requestsPerFiveMinutes } : undefined,
  };
}

function domainAsked(name: unknown, certificateArn: unknown): Domain | undefined {
  if (name === undefined && certificateArn === undefined) return undefined;
  if (typeof name !== 'string' || !/^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}$/.test(name))
    throw new Error(`The context value domain is a name like llm.example.com; not ${JSON.stringify(name)}.`);
  if (
    typeof certificateArn !== 'string' ||
    !/^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/.test(certificateArn)
  )
    throw new Error(
      `A domain needs -c certificateArn=ARN, of a certificate for ${name} in the region of the deploy (AWS Certificate Manager); not ${JSON.stringify(certificateArn)}.`,
    );
  return { name, certificateArn };
}

function wholeNumber(name: string, asked: unknown, least: number): number | undefined {
  if (asked === undefined) return undefined;
  if (/^\d{1,9}$/.test(String(asked)) && Number(asked) >= least) return Number(asked);
  throw new Error(`The context value ${name} is a whole number, ${least} or more; not ${JSON.stringify(asked)}.`);
}
