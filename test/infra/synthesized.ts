import { fileURLToPath } from 'node:url';
import { App, Stack } from 'aws-cdk-lib';
import { Annotations, Match, Template } from 'aws-cdk-lib/assertions';
import { Code } from 'aws-cdk-lib/aws-lambda';
import cdkJson from '../../cdk.json' with { type: 'json' };
import { CapturesStack, type CapturesStackProps } from '../../infra/captures-stack.ts';
import type { GatewayNeeds } from '../../infra/gateway-needs.ts';
import { GatewayStack, type GatewayStackProps } from '../../infra/gateway-stack.ts';
import { SemanticCacheStack } from '../../infra/semantic-cache-stack.ts';
import { type Stage, stageNamed } from '../../infra/stages.ts';
import { StateStack, type StateStackProps } from '../../infra/state-stack.ts';
import { WebStack, type WebStackProps } from '../../infra/web-stack.ts';

type Configured = Pick<
  GatewayStackProps,
  | 'secretNames'
  | 'callsBedrock'
  | 'defaultBudgets'
  | 'metricsNamespace'
  | 'memoryMb'
  | 'logsKept'
  | 'ownSecrets'
  | 'spendPerHourUsd'
  | 'traces'
  | 'gradual'
  | 'doors'
> &
  Pick<StateStackProps, 'auditKeptDays' | 'tablesKey'>;
type Parts = Pick<GatewayStackProps, 'vectors' | 'captures'>;

/** A stand-in for what would be bundled. */
export const code = Code.fromInline('export const handler = () => {};');

/** The templates of one app, under the flags it is deployed with; the code is a stand-in, so nothing is bundled. */
export function synthesized(config: Configured = {}) {
  return assembled(config, () => ({}));
}

/** The same with the semantic cache, and the template of its stack. */
export function synthesizedWithVectors() {
  const stacks: SemanticCacheStack[] = [];
  const templates = assembled({}, (app, stage) => {
    const name = stage.semanticCacheStack;
    const stack = new SemanticCacheStack(app, name, { collectionName: stage.vectorsCollection });
    stacks.push(stack);
    return { vectors: stack.collection };
  });
  const [semanticCache] = stacks.map((stack) => Template.fromStack(stack));
  if (semanticCache === undefined) throw new Error('No stack was made.');
  return { ...templates, semanticCache };
}

/** The same with a place for captures, and the template of its stack. */
export function synthesizedWithCaptures(props: CapturesStackProps = {}) {
  const stacks: CapturesStack[] = [];
  const templates = assembled({}, (app, stage) => {
    const captures = new CapturesStack(app, stage.capturesStack, props);
    stacks.push(captures);
    return { captures };
  });
  const [captures] = stacks.map((stack) => Template.fromStack(stack));
  if (captures === undefined) throw new Error('No stack was made.');
  return { ...templates, captures };
}

/** A stand-in for the bundled gateway for many streams at once. */
const folder = fileURLToPath(new URL('../support/scripted-handler', import.meta.url));

/** The same with the gateway for many streams at once, and the template of its stack. */
export function synthesizedWithWeb(context: Readonly<Record<string, unknown>> = {}) {
  return withWeb({}, () => ({}), context);
}

/** The same, and all that it can be built on, where something guards another way in. */
export function synthesizedWithWebOverAll() {
  return withWeb({ vectorsPolicy: 'sluice-vectors-web', guardedElsewhere: true }, (app, stage) => ({
    captures: new CapturesStack(app, stage.capturesStack),
    vectors: new SemanticCacheStack(app, stage.semanticCacheStack, { collectionName: stage.vectorsCollection })
      .collection,
  }));
}

function withWeb(
  own: Pick<WebStackProps, 'vectorsPolicy' | 'guardedElsewhere'>,
  parts: (app: App, stage: Stage) => Parts,
  context: object = {},
) {
  const stacks: WebStack[] = [];
  const templates = assembled({ context }, (app, stage, needs) => {
    const more = parts(app, stage);
    stacks.push(new WebStack(app, stage.webStack, { ...needs, ...more, ...own, folder }));
    return more;
  });
  const [web] = stacks.map((stack) => Template.fromStack(stack));
  if (web === undefined) throw new Error('No stack was made.');
  return { ...templates, web };
}

function assembled(
  { auditKeptDays, tablesKey, context, ...config }: Configured & { readonly context?: object },
  more: (app: App, stage: Stage, needs: GatewayNeeds) => Parts,
) {
  const app = new App({ context: { ...cdkJson.context, ...context } });
  const stage = stageNamed();
  const state = new StateStack(app, stage.stateStack, {
    auditCode: code,
    auditKeptDays,
    tablesKey,
  });
  const { tables, audit, alerts } = state;
  const needs = { tables, alerts, configName: 'sluice.config.json' };
  const gateway = new GatewayStack(app, stage.gatewayStack, {
    ...needs,
    audit,
    code,
    sweepCode: code,
    adoptionCode: code,
    contentName: 'content.json',
    ...config,
    ...more(app, stage, needs),
  });
  return { app, state: Template.fromStack(state), gateway: Template.fromStack(gateway) };
}

/** What who deploys is warned of, in one stack. */
export const warningsIn = (app: App, stack: string): readonly unknown[] =>
  Annotations.fromStack(Stack.of(app.node.findChild(stack)))
    .findWarning('*', Match.anyValue())
    .map(({ entry }) => entry.data);

/** The logical ids of a template's resources of one type. */
export const logicalIds = (template: Template, type: string) => Object.keys(template.findResources(type)).sort();
