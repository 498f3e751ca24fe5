import { CfnOutput, type Stack } from 'aws-cdk-lib';
import { dashboardNameOf } from './dashboard.ts';

/** Where the gateway is reached: undefined where there is no such way. */
export type Ways = {
  readonly functionUrl: string | undefined;
  readonly restApi: string | undefined;
  readonly ownName: { readonly baseUrl: string; readonly target: string } | undefined;
  /** Whether something stands before the REST API that the function's URL leads past. */
  readonly guarded: boolean;
};

/** Says where to point an SDK to. `BaseUrl` is the one to hand out; every way in has an output besides. */
export function tellWays(stack: Stack, { functionUrl, restApi, ownName, guarded }: Ways): void {
  const tell = (name: string, value: string | undefined, description: string) =>
    value !== undefined && new CfnOutput(stack, name, { value, description });
  const usual = guarded ? restApi : (functionUrl ?? restApi);
  tell('BaseUrl', ownName?.baseUrl ?? usual, 'The base_url of an OpenAI SDK');
  tell('FunctionBaseUrl', functionUrl, "The same by the function's own URL");
  tell('RestBaseUrl', restApi, 'The same by the REST API, behind its throttles and its firewall, if it has any');
  tell('DomainTarget', ownName?.target, 'What the DNS record of the domain must point to (CNAME, or an alias)');
}

/** Says what to do next, and where to look. */
export function tellNext(stack: Stack): void {
  const { stackName, region } = stack;
  // With its region, though mostly it is the one of the profile: AWS's SDK knows fewer ways to say it than CDK does.
  const sluice = `npm run sluice -- --region ${region}${stackName === 'sluice-gateway' ? '' : ` --stack ${stackName}`}`;
  new CfnOutput(stack, 'NextCommand', {
    value: `${sluice} tenants set acme --budget-day 20 && ${sluice} keys create --tenant acme`,
    description: 'Makes a tenant and its first key',
  });
  new CfnOutput(stack, 'DashboardUrl', {
    value: `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#dashboards/dashboard/${dashboardNameOf(stack)}`,
    description: 'How the gateway does, and where the money goes',
  });
}
