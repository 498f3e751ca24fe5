import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fromAmazonTrace, fromTraceparent, type TraceContext, toTraceparent } from '../lib/trace.ts';

const hex = (digits: number) =>
  fc.stringMatching(new RegExp(`^[0-9a-f]{${digits}}$`)).filter((text) => /[1-9a-f]/.test(text));
const contexts: fc.Arbitrary<TraceContext> = fc.record({ traceId: hex(32), spanId: hex(16), sampled: fc.boolean() });

describe('a traceparent', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        expect(fromTraceparent(toTraceparent(context))).toEqual(context);
      }),
    );
  });

  test('of a later version is read as far as this one goes', () => {
    fc.assert(
      fc.property(contexts, (context) => {
        const later = `cc${toTraceparent(context).slice(2)}`;
        expect(fromTraceparent(later)).toEqual(context);
        expect(fromTraceparent(`${later}-what.comes.later`)).toEqual(context);
      }),
    );
  });

  test('keeps only the flag we know', () => {
    const ids = `${'a'.repeat(32)}-${'b'.repeat(16)}`;
    expect([`00-${ids}-03`, `00-${ids}-ff`, `00-${ids}-02`].map((header) => fromTraceparent(header)?.sampled)).toEqual([
      true,
      true,
      false,
    ]);
  });

  test.each([
    undefined,
    '',
    'x',
    `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01-more`,
    `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`,
    `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'a'.repeat(31)}-${'b'.repeat(16)}-01`,
    `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01, 00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`,
  ])('%j is none', (header) => {
    expect(fromTraceparent(header)).toBeUndefined();
  });

  test('of any other text is none, and nothing is thrown', () => {
    fc.assert(fc.property(fc.string(), (text) => fromTraceparent(text) === undefined));
  });
});

describe("AWS's trace header", () => {
  const root = 'Root=1-5759e988-bd862e3fe1be46a994272793';
  const known = { traceId: '5759e988bd862e3fe1be46a994272793', spanId: '53995c3f42cd8ad8' };

  test('is read, whatever else it carries', () => {
    expect(fromAmazonTrace(`${root};Parent=53995c3f42cd8ad8;Sampled=1`)).toEqual({ ...known, sampled: true });
    expect(fromAmazonTrace(`${root};Parent=53995c3f42cd8ad8;Sampled=0;Lineage=a87bd80c:1`)).toEqual({
      ...known,
      sampled: false,
    });
  });

  test('that has not decided, or has no parent, decides nothing', () => {
    for (const header of [
      undefined,
      '',
      root,
      `${root};Parent=53995c3f42cd8ad8`,
      `${root};Sampled=1`,
      'Root=;Parent=;Sampled=1',
    ])
      expect(fromAmazonTrace(header)).toBeUndefined();
  });
});
