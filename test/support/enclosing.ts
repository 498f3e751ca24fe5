import fc from 'fast-check';

/** How somebody may enclose a text in a request. */
export type Enclosing = {
  readonly write: (text: string) => string;
  /** The name of the file. */
  readonly filename: string | undefined;
  /** Whether all it says of itself is true, and enough to read it by. */
  readonly honest: boolean;
};

const swapped = (bytes: Buffer) => Buffer.from(bytes).swap16();
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
/** The bytes of a text, and the name of what they are in. */
const charsets: Readonly<Record<string, (text: string) => Buffer>> = {
  'utf-8': (text) => Buffer.from(text),
  'utf-16le': utf16,
  'utf-16be': (text) => swapped(utf16(text)),
  'iso-8859-1': (text) => Buffer.from(text.replace(/[^\x20-\x7e\n\t\xa0-\xff]/g, '?'), 'latin1'),
};

const escaped = (bytes: Buffer) => bytes.toString('hex').replace(/../g, '%$&');
const lines = (signs: number) => (bytes: Buffer) =>
  bytes.toString('base64').replace(new RegExp(`.{${signs}}`, 'g'), '$&\r\n');
/** Bytes as they may be written behind a head, and in none. */
const plain: readonly ((bytes: Buffer) => string)[] = [
  escaped,
  (bytes) => bytes.toString('latin1').replace(/[^ -$&-~]/g, (sign) => escaped(Buffer.from(sign, 'latin1'))),
];
const base64: readonly ((bytes: Buffer) => string)[] = [
  (bytes) => bytes.toString('base64'),
  (bytes) => bytes.toString('base64url'),
  lines(76),
  lines(20),
];

const TEXTS = ['text/plain', 'text/csv', 'application/json', 'text/markdown; Format=flowed'];
const OTHERS = ['', 'application/octet-stream', 'application/pdf', 'image/png', 'audio/wav', 'Text/HTML', 'made/up'];

/** All manners of enclosing a text. */
export const enclosings: fc.Arbitrary<Enclosing> = fc
  .record({
    charset: fc.constantFrom(...Object.keys(charsets)),
    said: fc.constantFrom('true', undefined, 'utf-8', 'utf-16', 'iso-8859-1', 'utf-7', 'shift_jis', '"US-ASCII"', 'x'),
    mark: fc.boolean(),
    mediaType: fc.constantFrom(...TEXTS, ...OTHERS),
    filename: fc.constantFrom('a.txt', 'a.PDF', 'a.png', 'a.docx', 'a.json', 'notes', undefined),
    scheme: fc.constantFrom('data:', 'DATA:', undefined),
    filler: fc.constantFrom('', ';a=b', `;a=${'b'.repeat(400)}`),
    writing: fc.oneof(
      fc.constantFrom(...plain).map((write) => ({ write, head: '' })),
      fc.constantFrom(...base64).map((write) => ({ write, head: ';base64' })),
      fc
        .constantFrom(...base64)
        .map((write) => ({ write: (bytes: Buffer) => escapedSigns(write(bytes)), head: ' ;Base64' })),
    ),
  })
  .map(({ charset, said, mark, mediaType, filename, scheme, filler, writing }) => {
    const encode = charsets[charset] ?? utf16;
    const told = said === 'true' ? `;charset=${charset}` : said === undefined ? '' : `;charset=${said}`;
    const marked = mark && charset.startsWith('utf-16') ? '\ufeff' : '';
    const head = scheme === undefined ? '' : `${scheme}${mediaType}${told}${filler}${writing.head},`;
    const write = scheme === undefined ? (base64[0] ?? escaped) : writing.write;
    // Where nothing tells that it is UTF-16, its zeros do.
    const guessed = charset.startsWith('utf-16') && marked === '' && (said !== 'true' || scheme === undefined);
    const written = (text: string) => (guessed ? text.replace(/[^\x20-\x7e]/g, '?') : text);
    return {
      write: (text) => `${head}${write(encode(marked + written(text)))}`,
      filename,
      honest: scheme !== undefined && said === 'true' && TEXTS.includes(mediaType) && charset !== 'iso-8859-1',
    };
  });

const escapedSigns = (text: string) => text.replace(/[+/=]/g, (sign) => escaped(Buffer.from(sign)));

/** All that could be read in a text, however it is written. */
export function readings(given: string): readonly string[] {
  const comma = given.slice(0, 2_000).indexOf(',') + 1;
  const unescaped = (text: string) =>
    Buffer.from(
      text.replace(/%([\da-f]{2})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
      'latin1',
    );
  const pieces = [given, given.slice(comma)].map(unescaped);
  const bytes = [...pieces, ...pieces.map((each) => Buffer.from(each.toString('latin1'), 'base64'))];
  const whole = (each: Buffer) => each.subarray(0, each.length - (each.length % 2));
  return [
    given,
    ...bytes.flatMap((each) => [
      each.toString(),
      each.toString('latin1'),
      whole(each).toString('utf16le'),
      swapped(whole(each)).toString('utf16le'),
    ]),
  ];
}
