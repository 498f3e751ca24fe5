/**
 * `JSON.parse`, without a defect of V8's from 12.8 to 14.1, which Node 24 has: an object's name with an escape in it is
 * taken for the name that an object of the same beginning had there before, if that is spelled as the escape begins.
 * After `{"x":1,"\\":2}` was read, `{"x":1,"\n":2}` has a name `\`: what one caller sends would rename what another does.
 * https://github.com/nodejs/node/issues/63785
 */
export function parseJson<Value = unknown>(text: string): Value {
  const value: Value = JSON.parse(text);
  return hasEscapedName(text) ? read<Value>(text) : value;
}

const QUOTE = 0x22;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Where the string that opens at `start` closes; the end of the text when it does not. */
export function endOfString(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(end - 1 - backslashes) === BACKSLASH) backslashes++;
    if (backslashes % 2 === 0) return end;
  }
  return text.length;
}

/** Whether a JSON has one, be it right or not. Leaps from escape to escape, a string at a time. */
function hasEscapedName(text: string): boolean {
  for (let at = text.indexOf('\\'); at >= 0; at = text.indexOf('\\', at)) {
    at = endOfString(text, at) + 1;
    while (text.charCodeAt(at) <= 0x20) at++;
    if (text.charCodeAt(at) === COLON) return true;
  }
  return false;
}

type Fields = Record<string, unknown>;

/** Reads a JSON that is known to be right, each name by itself. */
function read<Value>(text: string): Value {
  const whole: unknown[] = [];
  const open: (unknown[] | Fields)[] = [whole];
  let name: string | undefined;
  const put = (value: unknown): void => {
    const into = open.at(-1) ?? whole;
    if (Array.isArray(into)) into.push(value);
    else if (name === undefined) name = String(value);
    else {
      // A name __proto__ is one like any other, and not to be assigned to.
      if (name !== '__proto__') into[name] = value;
      else Object.defineProperty(into, name, { value, configurable: true, enumerable: true, writable: true });
      name = undefined;
    }
  };
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at);
    const start = at++;
    if (code === QUOTE) {
      at = endOfString(text, start) + 1;
      const string = text.slice(start + 1, at - 1);
      put(string.includes('\\') ? JSON.parse(`"${string}"`) : string);
    } else if (code === 0x7b || code === 0x5b) {
      const value: unknown[] | Fields = code === 0x7b ? {} : [];
      put(value);
      open.push(value);
    } else if (code === 0x7d || code === 0x5d) open.pop();
    else if (code > 0x20 && code !== COLON && code !== 0x2c) {
      while (at < text.length && !/[\s,\]}]/.test(text.charAt(at))) at++;
      put(JSON.parse(text.slice(start, at)));
    }
  }
  return whole[0] as Value;
}
