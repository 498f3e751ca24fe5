import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** Another program of the bench, in a process of its own, and how long it took until it listened. */
export type Program = {
  readonly url: string;
  readonly pid: number;
  readonly startMs: number;
  readonly end: () => void;
};

/** Starts a file, of this folder or of another, that prints the port it listens on. */
export async function startProgram(file: string, ...words: readonly string[]): Promise<Program> {
  const path = fileURLToPath(new URL(file, import.meta.url));
  const startedAt = performance.now();
  const child = spawn(process.execPath, [path, ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = await once(createInterface({ input: child.stdout }), 'line');
  const startMs = performance.now() - startedAt;
  return { url: `http://127.0.0.1:${port}`, pid: Number(child.pid), startMs, end: () => void child.kill() };
}

/** Whom a question is put to, and how. */
export type Question = {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Milliseconds until the first content and until the end, and what the gateway says it took of them. */
export type Taken = { readonly firstMs: number; readonly ms: number; readonly ownMs: number };

const agent = new Agent({ keepAlive: true });

/** Puts a question and reads the answer to its end; throws unless it is a whole one. */
export function asked({ url, headers, body }: Question): Promise<Taken> {
  const startedAt = performance.now();
  const since = () => performance.now() - startedAt;
  return new Promise((resolve, reject) => {
    const length = Buffer.byteLength(body);
    const all = { 'content-type': 'application/json', 'content-length': length, ...headers };
    const asking = request(url, { method: 'POST', agent, headers: all }, (answer) => {
      let [firstMs, begun]: [number | undefined, string] = [undefined, ''];
      answer.on('data', (piece: Buffer) => {
        if (firstMs !== undefined) return;
        begun += piece.toString('latin1');
        if (/"content":"[^"]/.test(begun)) firstMs = since();
      });
      answer.on('error', reject);
      answer.on('end', () => {
        const ownMs = Number(/gateway;dur=([\d.]+)/.exec(String(answer.headers['server-timing']))?.[1] ?? 0);
        if (answer.statusCode === 200 && firstMs !== undefined) resolve({ firstMs, ms: since(), ownMs });
        else reject(new Error(`${url} answered with ${answer.statusCode}: ${begun.slice(0, 500)}`));
      });
    });
    asking.on('error', reject).end(body);
  });
}

/** How long all threads of a process have computed so far, in milliseconds. Linux only. */
export function computedMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`);
  const nanoseconds = threads.map((id) =>
    Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ', 1)[0]),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e6;
}
