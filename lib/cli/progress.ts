/** Does some work that can tell a person at a terminal how far it is, on one line of stderr that is gone when it ends. */
export async function withProgress<Result>(work: (tell: (text: string) => void) => Promise<Result>): Promise<Result> {
  const tell = (text: string): void => {
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
  };
  try {
    return await work(tell);
  } finally {
    tell('');
  }
}
