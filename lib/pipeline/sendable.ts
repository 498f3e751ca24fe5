type Headers = Readonly<Record<string, string>>;

const PRINTABLE = /^[\x20-\x7e]*$/;

/**
 * Headers of which every value can be sent, and ends where it ends: what is not printable ASCII is percent-encoded. A
 * door that may not send a value has no answer left to give, and the provider is paid by then.
 */
export const sendable = (headers: Headers): Headers =>
  PRINTABLE.test(Object.values(headers).join(''))
    ? headers
    : Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, encoded(value)]));

const encoded = (value: string): string => value.toWellFormed().replace(/[^\x20-\x7e]/gu, encodeURIComponent);

/** What a list of names may take of all headers together: some that stand between take 8 KB and no more. */
const MOST_CHARACTERS = 1_024;
/** No parameter of any provider has a longer name. */
const LONGEST_NAME = 64;

/** Names, whatever is in them, as one value that a comma parts again. What is left out of a name, or of all, is `...`. */
export function listOf(names: readonly string[]): string {
  const kept: string[] = [];
  let length = 0;
  for (const name of names) {
    const next = shortened(name);
    length += next.length + 1;
    if (length > MOST_CHARACTERS) return [...kept, '...'].join(',');
    kept.push(next);
  }
  return kept.join(',');
}

const shortened = (name: string): string =>
  encodeURIComponent(name.slice(0, LONGEST_NAME).toWellFormed()) + (name.length > LONGEST_NAME ? '...' : '');
