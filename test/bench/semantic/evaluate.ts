import { given, readOptions } from '../../../lib/cli/options.ts';
import { Wrong } from '../../../lib/cli/wrong.ts';
import { fewWordsApart } from '../../../lib/pipeline/cache/few-words-apart.ts';
import { lastTurn } from '../../../lib/pipeline/cache/last-turn.ts';
import { literals } from '../../../lib/pipeline/cache/literals.ts';
import { questionWords } from '../../../lib/pipeline/cache/question-words.ts';
import { cosine, type Scored } from './curve.ts';
import { pairs } from './pairs.ts';
import { toReport, toText } from './report.ts';
import { type Source, vectorsOf } from './vectors.ts';

const help = `Measures which threshold the semantic cache can have with a model.

npm run semantic-evaluation -- --base-url URL --model NAME

  --base-url URL     any endpoint with OpenAI's /v1/embeddings, a running Sluice too
  --model NAME       what turns questions into vectors, as the endpoint calls it
  --key-env NAME     the environment variable with the key; without, none is sent
  --dimensions N     asked of the model; without, it gives as many as it has
  --json             the report as one JSON object`;

const kinds = {
  'base-url': 'value',
  model: 'value',
  'key-env': 'value',
  dimensions: 'value',
  json: 'switch',
  help: 'switch',
} as const;

process.exitCode = await evaluate(process.argv.slice(2));

/** Scores all pairs and prints what follows; the exit code is 0 when it could. */
async function evaluate(words: readonly string[]): Promise<number> {
  try {
    const { options, positionals } = readOptions(words, kinds);
    if (options.has('help') || words.length === 0) return printed(help);
    if (positionals.length > 0) throw new Wrong(`${positionals[0]} is no option.`, help);
    const source = toSource((name) => given(options, name));
    const scored = await scoredWith(source);
    const report = toReport(source.model, scored.dimensions, scored.pairs);
    return printed(options.has('json') ? JSON.stringify(report) : toText(report, scored.pairs));
  } catch (error) {
    if (!(error instanceof Wrong)) throw error;
    process.stderr.write(`${error.message}\n${error.help === undefined ? '' : `\n${error.help}\n`}`);
    return 1;
  }
}

/** Where vectors come from, as the options say. */
function toSource(option: (name: keyof typeof kinds) => string | undefined): Source {
  const [baseUrl, model, variable, dimensions] = [
    option('base-url'),
    option('model'),
    option('key-env'),
    option('dimensions'),
  ];
  if (baseUrl === undefined || !/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? ''))
    throw new Wrong('--base-url must be the http or https URL of an endpoint with embeddings.', help);
  if (model === undefined) throw new Wrong('--model must name what turns questions into vectors.', help);
  if (dimensions !== undefined && !/^[1-9]\d{0,5}$/.test(dimensions))
    throw new Wrong('--dimensions must be a whole number of at least 1.');
  const key = variable === undefined ? undefined : process.env[variable];
  if (variable !== undefined && (key === undefined || key === ''))
    throw new Wrong(`There is no ${variable} in the environment.`);
  return { baseUrl, model, key, dimensions: dimensions === undefined ? undefined : Number(dimensions) };
}

async function scoredWith(source: Source): Promise<{ readonly dimensions: number; readonly pairs: readonly Scored[] }> {
  const texts = [...new Set(pairs.flatMap(({ a, b }) => [asked(a), asked(b)]))];
  const vectors = new Map((await vectorsOf(texts, source)).map((vector, at) => [texts[at], vector]));
  const scored = pairs.map((pair) => ({
    ...pair,
    score: cosine(vectors.get(asked(pair.a)) ?? [], vectors.get(asked(pair.b)) ?? []),
    apart: fewWordsApart(questionWords(asked(pair.a)), questionWords(asked(pair.b))),
    literal: literals(asked(pair.a)).join('\n') === literals(asked(pair.b)).join('\n'),
  }));
  return { dimensions: [...vectors.values()][0]?.length ?? 0, pairs: scored };
}

/** A question as the gateway compares it. */
function asked(content: string): string {
  return lastTurn({ model: 'any', messages: [{ role: 'user', content }] })?.text ?? content;
}

function printed(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}
