import type { AttributeValue, UpdateItemCommandInput } from '@aws-sdk/client-dynamodb';
import type { Counter } from '../../ledger/counter.ts';
import type { Intent } from './intent.ts';

/**
 * A change as one conditional write to a scope's counter: all of it happens, or none. Attributes that were there when it
 * was last seen are thought to be there: should one be gone, the write fails, and its next try knows.
 */
export function toUpdate(
  table: string,
  scopeId: string,
  { add, set, remove, ...conditions }: Intent,
  seen: Counter,
): UpdateItemCommandInput {
  const { nameOf, valueOf: operandOf, names, values } = dictionary();
  const written = Object.entries(add).filter(([, amount]) => amount !== 0);
  const added = written.map(([name, amount]) => `${nameOf(name)} ${operandOf(amount)}`);
  const assigned = Object.entries(set).map(([name, value]) => `${nameOf(name)} = ${operandOf(value)}`);
  const removed = remove.filter((name) => !(name in add) && !(name in set)).map(nameOf);
  const condition = [
    ...conditions.absent.map((name) => `attribute_not_exists(${nameOf(name)})`),
    ...Object.entries(conditions.equal).map(([name, value]) => `${nameOf(name)} = ${operandOf(value)}`),
    ...Object.entries(conditions.atMost).map(([name, most]) =>
      atMost(nameOf(name), operandOf(most), most, Object.hasOwn(seen.counts, name)),
    ),
  ].join(' AND ');
  return {
    TableName: table,
    Key: { pk: { S: scopeId }, sk: { S: 'counter' } },
    UpdateExpression: [clause('ADD', added), clause('SET', assigned), clause('REMOVE', removed)].join(' ').trim(),
    ...(condition !== '' && { ConditionExpression: condition }),
    ExpressionAttributeNames: Object.fromEntries([...names].map(([attribute, name]) => [name, attribute])),
    ...(Object.keys(values).length > 0 && { ExpressionAttributeValues: values }),
    ReturnValues: 'ALL_NEW',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  };
}

/**
 * A missing number is zero: alone, the comparison would be false. Where not even zero will do, the write must fail. The
 * short form is for the embedded database, whose parser takes ten times as long for an alternative in parentheses.
 */
const atMost = (name: string, value: string, most: number, there: boolean) =>
  most < 0 || there ? `${name} <= ${value}` : `(attribute_not_exists(${name}) OR ${name} <= ${value})`;

const clause = (word: string, parts: readonly string[]) => (parts.length === 0 ? '' : `${word} ${parts.join(', ')}`);

/** The stand-ins that expressions use for names and values. */
function dictionary() {
  const names = new Map<string, string>();
  const values: Record<string, AttributeValue> = {};
  let count = 0; // not asked of `values`: a write has hundreds
  return {
    names,
    values,
    nameOf: (attribute: string): string => {
      const known = names.get(attribute) ?? `#n${names.size}`;
      names.set(attribute, known);
      return known;
    },
    valueOf: (value: number | string): string => {
      const name = `:v${count++}`;
      values[name] = typeof value === 'number' ? { N: String(value) } : { S: value };
      return name;
    },
  };
}
