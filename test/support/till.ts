import { beginStream, endingWith, event, startUpstream, wholeAnswer } from './upstream.ts';

/** How many calls there were, and what they cost. */
export type Books = { readonly calls: number; readonly nanoDollars: number };

/** A provider that keeps books of its own. */
export type Till = {
  readonly baseUrl: string;
  /** The calls that it gave a whole answer, and what they cost at a dollar a million tokens in and two out. */
  readonly books: () => Books;
  /** From now on nobody is answered before so many have asked. */
  readonly gather: (count: number) => void;
  readonly close: () => Promise<void>;
};

/** Starts one that says `Hello.` to all; each answer costs a little more or less than the one before. */
export async function startTill(): Promise<Till> {
  let books: Books = { calls: 0, nanoDollars: 0 };
  let asked = 0;
  let lacking = 0;
  let gathered = Promise.withResolvers<void>();
  const upstream = await startUpstream(async (one, response) => {
    const [input, output] = [10 + (++asked % 7), 3 + (asked % 5)];
    lacking -= 1;
    if (lacking <= 0) gathered.resolve();
    await gathered.promise;
    const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
    response.once('finish', () => {
      books = { calls: books.calls + 1, nanoDollars: books.nanoDollars + 1_000 * input + 2_000 * output };
    });
    if (one.body.stream !== true) return wholeAnswer('Hello.', usage)(one, response);
    beginStream(response);
    response.end(event({ content: 'Hello.' }) + endingWith(usage));
  });
  return {
    baseUrl: upstream.baseUrl,
    books: () => books,
    gather: (count) => {
      lacking = count;
      gathered = Promise.withResolvers();
    },
    close: upstream.close,
  };
}
