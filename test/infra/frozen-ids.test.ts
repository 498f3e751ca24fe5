import type { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { doorsAsked } from '../../infra/doors-asked.ts';
import { synthesized, synthesizedWithCaptures, synthesizedWithVectors, synthesizedWithWeb } from './synthesized.ts';

/**
 * What holds something, or is known to others by its address. Another logical id is another, empty table, a key that
 * opens nothing, an address nobody was told: an id in this list is never changed, and one that goes is a decision.
 */
const frozen = {
  state: [
    'AWS::DynamoDB::GlobalTable Access9901B1FF',
    'AWS::DynamoDB::GlobalTable Audit3D8ADE0A',
    'AWS::DynamoDB::GlobalTable Cache18F6EE16',
    'AWS::DynamoDB::GlobalTable Calls3682725C',
    'AWS::DynamoDB::GlobalTable CountersFDB211E7',
    'AWS::KMS::Key TablesKey11820CBC',
    'AWS::Logs::LogGroup AuditTrailLogsD47DB5AF',
    'AWS::S3::Bucket AuditTrailUnlogged44C8D4C6',
    'AWS::SNS::Topic Alerts91F83244',
  ],
  gateway: [
    'AWS::ApiGateway::DomainName RestDoorApiDomain8F512E49',
    'AWS::ApiGateway::RestApi RestDoorApi86E1AF8B',
    'AWS::IAM::Role RestDoorApiCloudWatchRoleD8AE2BA1', // by which all APIs of the account write their logs
    'AWS::Lambda::Url FrontDoorFunctionFunctionUrl722953A5',
    'AWS::Logs::LogGroup AdoptionLogs1BB030E5',
    'AWS::Logs::LogGroup FrontDoorLogs38CDE1C0',
    'AWS::Logs::LogGroup RestDoorAccessLogA4159166',
    'AWS::Logs::LogGroup SweepLogsA7192123',
  ],
  web: [
    'AWS::Lambda::WebFunctionEndpoint WebEndpoint199463CD',
    'AWS::Logs::LogGroup Logs6819BB44',
    'AWS::S3::Bucket AWSCDKWebFunctionAssetBucket5B596593', // of code
  ],
  captures: ['AWS::KMS::Key Key961B73FD', 'AWS::S3::Bucket CapturesDE857D5D'],
  semanticCache: ['AWS::OpenSearchServerless::Collection Vectors', 'AWS::OpenSearchServerless::CollectionGroup Group'],
};

/** What is made anew without a loss, though it may stay when its stack goes. */
const SETTINGS = ['AWS::Lambda::Version', 'AWS::ApiGateway::Account'];
const HOLDERS =
  /^AWS::(DynamoDB::|S3::Bucket$|SNS::Topic$|KMS::Key$|SecretsManager::Secret$|Logs::LogGroup$|OpenSearchServerless::Collection)/;
const ADDRESSES = /^AWS::(Lambda::Url$|Lambda::WebFunctionEndpoint$|ApiGateway::RestApi$|ApiGateway::DomainName$)/;

type Resource = { readonly Type: string; readonly DeletionPolicy?: string };

/** All that must keep its id: by what it is, and by what becomes of it when its stack goes. */
function held(template: Template): readonly string[] {
  const resources: Readonly<Record<string, Resource>> = template.toJSON().Resources;
  return Object.entries(resources)
    .filter(
      ([, { Type, DeletionPolicy }]) =>
        HOLDERS.test(Type) ||
        ADDRESSES.test(Type) ||
        (/^Retain/.test(DeletionPolicy ?? '') && !SETTINGS.includes(Type)),
    )
    .map(([id, { Type }]) => `${Type} ${id}`)
    .sort();
}

const everything: Readonly<Record<string, unknown>> = {
  accessLog: true,
  domain: 'llm.example.com',
  certificateArn: 'arn:aws:acm:eu-central-1:123456789012:certificate/12345678-aaaa',
};

test('what holds something, or has an address that others know, keeps its logical id', () => {
  const { state, gateway } = synthesized({
    tablesKey: 'customer',
    doors: doorsAsked((name) => everything[name]),
  });
  const { semanticCache } = synthesizedWithVectors();
  const { web } = synthesizedWithWeb();
  const { captures } = synthesizedWithCaptures();
  expect({
    state: held(state),
    gateway: held(gateway),
    web: held(web),
    captures: held(captures),
    semanticCache: held(semanticCache),
  }).toEqual(frozen);
});
