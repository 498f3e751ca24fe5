import type { Row } from './export-file.ts';

/** JSON lines as rows of a table: of a bucket of results, or a page of such buckets, each result is a row that has what its bucket says, too. */
export function jsonRows(text: string): readonly Row[] {
  const lines = text
    .split('\n')
    .map((line, at) => ({ line: at + 1, whole: line.replace(/^\u{feff}/u, '').trim() }))
    .filter(({ whole }) => whole !== '')
    .map(({ line, whole }) => ({ line, fields: parsed(whole, line) }));
  const last = lines.at(-1);
  if (last?.fields.has_more === true) throw new RangeError(`line ${last.line}: more pages follow this one; add them`);
  return lines.flatMap(({ line, fields }) => rowsIn(fields, line));
}

function parsed(text: string, line: number): Fields {
  try {
    return fieldsOf(JSON.parse(text), line);
  } catch (error) {
    if (error instanceof SyntaxError) throw new RangeError(`line ${line}: this is no JSON object on one line`);
    throw error;
  }
}

function rowsIn(fields: Fields, line: number): readonly Row[] {
  const { data, has_more, next_page, object, ...page } = fields;
  if (Array.isArray(data)) {
    const [unknown] = Object.keys(page);
    if (unknown !== undefined) throw new RangeError(`line ${line}: ${JSON.stringify(unknown)} of a page is not known`);
    return data.flatMap((bucket) => rowsIn(fieldsOf(bucket, line), line));
  }
  const { results, ...bucket } = fields;
  if (!Array.isArray(results)) return [{ line, cells: cellsOf(fields, line) }];
  return results.map((result) => ({ line, cells: cellsOf({ ...bucket, ...fieldsOf(result, line) }, line) }));
}

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown, line: number): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new RangeError(`line ${line}: this is no JSON object`);
  return { ...value };
}

/** One level of objects is named as columns are: `amount.value` → `amount_value`. */
function cellsOf(fields: Fields, line: number): ReadonlyMap<string, string> {
  const flat = Object.entries(fields).flatMap(([name, value]): [string, unknown][] =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.entries(value).map(([inner, each]) => [`${name}_${inner}`, each])
      : [[name, value]],
  );
  return new Map(
    flat.map(([name, value]) => {
      if (value !== null && !['string', 'number', 'boolean'].includes(typeof value))
        throw new RangeError(`line ${line}: ${name} is neither a text nor a number`);
      return [name, value === null ? '' : String(value).trim()];
    }),
  );
}
