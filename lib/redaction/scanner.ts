import { openAllowance, type Spend } from './allowance.ts';
import { card } from './detectors/card.ts';
import { digitGroups, type Window, windowsFrom } from './detectors/digit-groups.ts';
import { emails } from './detectors/email.ts';
import { ibans } from './detectors/iban.ts';
import { ipv4, ipv6 } from './detectors/ip.ts';
import { letteredIds } from './detectors/lettered-ids.ts';
import { numericId } from './detectors/national-ids.ts';
import { beginsPhone, phone } from './detectors/phone.ts';
import { secrets } from './detectors/secrets.ts';
import type { Detector, Finding, Kind } from './finding.ts';
import { folded } from './folded.ts';
import { settled } from './settled.ts';

/**
 * Tells what stands in a text that is not to leave: in order, none over another, never half of a character. Spends what
 * it takes; a text that nobody gives an allowance for has its own.
 */
export type Scanner = (text: string, spend?: Spend) => readonly Finding[];

/** What any text costs, and each sign of it. */
const A_TEXT = 512;
const A_SIGN = 8;
const A_GROUP = 32;
const A_WINDOW = 100;

/** Finds one kind among digits that go together. */
type OfWindow = (text: string, window: Window) => Finding | undefined;

const inText: Readonly<Partial<Record<Kind, Detector>>> = {
  email: emails,
  iban: ibans,
  'national-id': letteredIds,
  ip: ipv6,
  secret: secrets,
};
const inDigits: Readonly<Partial<Record<Kind, OfWindow>>> = { phone, card, 'national-id': numericId, ip: ipv4 };

/** A scanner for kinds the house knows, and for a tenant's own patterns. */
export function toScanner(kinds: readonly Kind[], patterns: readonly Detector[] = []): Scanner {
  const wanted = [...new Set(kinds)];
  const detectors = [...wanted.flatMap((kind) => inText[kind] ?? []), ...patterns];
  const ofWindow = wanted.flatMap((kind) => inDigits[kind] ?? []);
  if (ofWindow.length > 0) detectors.push((text, spend) => amongDigits(text, ofWindow, spend));
  return (written, spend = openAllowance()) => {
    spend(A_TEXT + A_SIGN * written.length);
    const { text, toWritten } = folded(written, spend);
    const findings = detectors.flatMap((detector) => [...detector(text, spend)]);
    return settled(findings.map((finding) => whole(text, finding))).map(({ kind, start, end }) => {
      const [from, to] = toWritten(start, end);
      return { kind, start: from, end: to };
    });
  };
}

function* amongDigits(text: string, ofWindow: readonly OfWindow[], spend: Spend): Iterable<Finding> {
  const groups = digitGroups(text);
  spend(A_GROUP * groups.starts.length);
  const phones = ofWindow.includes(phone);
  for (let first = 0; first < groups.starts.length; first++) {
    for (const window of windowsFrom(text, groups, first, phones && beginsPhone(text, groups.starts[first] ?? 0))) {
      spend(A_WINDOW);
      for (const find of ofWindow) {
        const finding = find(text, window);
        if (finding !== undefined) yield finding;
      }
    }
  }
}

/** A finding that takes the other half of each character it has one half of. */
function whole(text: string, { kind, start, end }: Finding): Finding {
  return { kind, start: isLow(text, start) ? start - 1 : start, end: isLow(text, end) ? end + 1 : end };
}

const isLow = (text: string, at: number): boolean =>
  (text.charCodeAt(at) & 0xfc00) === 0xdc00 && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800;
