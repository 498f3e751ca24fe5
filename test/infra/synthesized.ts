import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { GatewayStack, type GatewayStackProps } from '../../infra/gateway-stack.ts';
import { stageNamed } from '../../infra/stages.ts';
import { StateStack } from '../../infra/state-stack.ts';

type Configured = Pick<GatewayStackProps, 'secretNames' | 'callsBedrock' | 'defaultBudgets'>;

/** The templates of one app, under the flags it is deployed with; the code is a stand-in, so nothing is bundled. */
export function synthesized(config: Configured = {}) {
  const app = new App({ context: cdkJson.context });
  const stage = stageNamed();
  const state = new StateStack(app, stage.stateStack);
  const code = Code.fromInline('export const handler = () => {};');
  const gateway = new GatewayStack(app, stage.gatewayStack, {
    tables: state.tables,
    alerts: state.alerts,
    code,
    sweepCode: code,
    adoptionCode: code,
    configName: 'sluice.config.json',
    contentName: 'content.json',
    ...config,
  });
  return { state: Template.fromStack(state), gateway: Template.fromStack(gateway) };
}

/** The logical ids of a template's resources of one type. */
export const logicalIds = (template: Template, type: string) => Object.keys(template.findResources(type)).sort();
