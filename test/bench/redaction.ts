import { kinds } from '../../lib/redaction/finding.ts';
import { masking } from '../../lib/redaction/masking.ts';
import { toPatterns } from '../../lib/redaction/patterns.ts';
import { hidden } from '../../lib/redaction/request.ts';
import { toScanner } from '../../lib/redaction/scanner.ts';
import { openVault } from '../../lib/redaction/vault.ts';
import { labelled } from '../redaction/labelled/labelled.ts';
import { precision, recall, scores } from '../redaction/labelled/scores.ts';
import { waysOf } from '../support/ways.ts';
import { median, table } from './printed.ts';

// How well each kind is found over the labelled set, and what it costs to look through 10 kB of a prompt: a request is
// walked through, as the gateway does.

const ROUNDS = 60;
const PER_ROUND = 10;
const CHARACTERS = 10_000;

const scan = toScanner(kinds);
const percent = (part: number) => `${(part * 100).toFixed(1)} %`;

for (const part of ['a', 'b'] as const) {
  const lines = labelled(part);
  say(
    `\nPart ${part.toUpperCase()}: ${lines.length} lines, ${part === 'a' ? 'written before' : 'written after'} the detectors\n`,
  );
  say(
    table(
      scores(lines, scan).map((score) => ({
        kind: score.kind,
        values: String(score.there),
        found: String(score.found),
        'found wrongly': String(score.wrong),
        precision: percent(precision(score)),
        recall: percent(recall(score)),
      })),
    ),
  );
}

const samples: Readonly<Record<string, string>> = {
  prose:
    'The committee met on Tuesday, and after a long debate it agreed to postpone the vote; nobody was happy, but everyone could live with it. Mr. Lee (lee@example.com) will write the minutes of 12 March 2024.\n',
  'prose, German':
    'Die Überprüfung ergab, daß die Straßenbahn am 12.03.2024 um 10:30 Uhr in Köln abfährt. Größe 120 – 80 cm. ',
  'prose, Chinese': '今天天气很好，我们去公园吧。他的电话是一个秘密，大家都不知道。',
  code: 'export function sum(values: readonly number[]): number {\n  return values.reduce((total, each) => total + each, 0); // 12 lines\n}\nconst url = new URL("https://api.example.com/v1/items/42?limit=100");\n',
  'JSON logs':
    '{"ts":"2024-01-15T10:30:00.123Z","level":"info","ip":"203.0.113.7","user":1234567,"path":"/api/v1/orders/98765","ms":12.5,"msg":"ok\\nnext","trace":"4bf92f3577b34da6a3ce929d0e0e4736"}\n',
  'figures only': '12 345 678 90.5 2024-01-15 10:30 1700000000 415 555 26 0.123456\n',
};

const patterned = toScanner(
  kinds,
  await toPatterns({ employee: 'EMP-\\d{6}', project: '(?i)\\bproject [A-Z][a-z]+\\b' }),
);

say('\nCPU for 10 kB, median\n');
say(
  table(
    Object.entries(samples).map(([text, sample]) => {
      const content = sample.repeat(Math.ceil(CHARACTERS / sample.length)).slice(0, CHARACTERS);
      const request = { model: 'any', messages: [{ role: 'user', content }] };
      return {
        text,
        mask: cost(() => hidden(request, waysOf(masking(scan), scan))),
        tokens: cost(() => hidden(request, waysOf(openVault({ scan, nonce: 'k3f9' }), scan))),
        'mask, with two own patterns': cost(() => hidden(request, waysOf(masking(patterned), patterned))),
      };
    }),
  ),
);

function cost(act: () => unknown): string {
  const rounds = Array.from({ length: ROUNDS }, () => {
    const before = process.cpuUsage();
    for (let time = 0; time < PER_ROUND; time++) act();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000 / PER_ROUND;
  });
  return `${median(rounds.slice(ROUNDS / 3)).toFixed(2)} ms`; // the first are compiled
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}
