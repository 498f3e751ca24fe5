import { toFields } from '../local/dynamodb/fields.ts';
import { dollars, milliseconds, type Saying, word } from './call-words.ts';

/**
 * What guardrails did for a call: `input scanned, output failed; blocked output by house: topic finance; 3 questions,
 * 412 ms, $0.0012, held back at most 830 ms; not looked into: image`. A call that went through none has nothing to say.
 */
export const guardrailsText: Saying = (value) => {
  const { input, output, blocked, unscanned, questions, ms, nanoUsd, keptBackMs, ...others } = toFields(value);
  if (input === undefined || output === undefined) return word(value);
  const { side, by } = toFields(blocked);
  const asked = [
    questions === 1 ? '1 question' : `${word(questions)} questions`,
    milliseconds(ms),
    dollars(nanoUsd),
    keptBackMs !== undefined && `held back at most ${milliseconds(keptBackMs)}`,
  ];
  const said = [
    `input ${word(input)}, output ${word(output)}`,
    blocked !== undefined &&
      `blocked ${side === undefined ? word(blocked) : `${word(side)} by ${listed(by, ' and ')}`}`,
    asked.filter(Boolean).join(', '),
    unscanned !== undefined && `not looked into: ${listed(unscanned, ', ')}`,
    ...Object.entries(others).map(([name, other]) => `${name} ${word(other)}`),
  ];
  return said.filter(Boolean).join('; ');
};

const listed = (value: unknown, link: string): string =>
  Array.isArray(value) ? value.map(word).join(link) : word(value);
