import { expect, test } from 'vitest';
import { claudeWriter } from '../../../lib/providers/anthropic/writer.ts';

test.each([
  ['claude-sonnet-4-5', 'anthropic/claude-sonnet-4-5'],
  ['claude-sonnet-4-5-20250929', 'anthropic/claude-sonnet-4-5'],
  ['claude-sonnet-4-5@20250929', 'anthropic/claude-sonnet-4-5'],
  ['anthropic.claude-sonnet-4-5-20250929-v1:0', 'anthropic/claude-sonnet-4-5'],
  ['us.anthropic.claude-sonnet-4-5-20250929-v1:0', 'anthropic/claude-sonnet-4-5'],
  ['us-gov.anthropic.claude-sonnet-4-5-20250929-v1:0', 'anthropic/claude-sonnet-4-5'],
  ['arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-opus-4-6-v1', 'anthropic/claude-opus-4-6'],
  ['global.anthropic.claude-opus-5-5', 'anthropic/claude-opus-5-5'],
  ['claude-3-7-sonnet-latest', 'anthropic/claude-3-7-sonnet'],
  ['claude-sonnet-4-0', 'anthropic/claude-sonnet-4'],
  ['claude-sonnet-4-20250514', 'anthropic/claude-sonnet-4'],
  ['claude-opus-4-8', 'anthropic/claude-opus-4-8'],
])('%s thinks as %s', (model, writer) => {
  expect(claudeWriter(model)).toBe(writer);
});
