import { type ChildProcess, execFileSync, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';

const ticksPerSecond = Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

/** Ended with this process, also when a benchmark throws. */
const running = new Set<ChildProcess>();
process.once('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** An HTTP server in a process of its own. */
export interface HttpServer {
  readonly port: number;
  /** User and system CPU time so far, in microseconds. */
  cpu(): number;
  /** Resident memory in bytes. */
  rss(): number;
  /** Used heap in bytes after a forced collection; of Node's servers only. */
  heap(): Promise<number>;
  stop(): Promise<void>;
}

/** Starts a script of this folder, which tells its port. */
export async function startNode(script: string, options: unknown): Promise<HttpServer> {
  const child = fork(join(import.meta.dirname, script), [JSON.stringify(options)], {
    execArgv: ['--expose-gc', '--import', join(import.meta.dirname, 'probe.mjs')],
  });
  running.add(child);
  const [{ port }] = (await once(child, 'message')) as [{ port: number }];
  return serverOf(child, port);
}

/** Starts nginx with one worker: it answers with 1 KiB, or forwards to an upstream over connections that it keeps. */
export async function startNginx(folder: string, upstream?: number): Promise<HttpServer> {
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const location =
    upstream === undefined
      ? `default_type text/plain; return 200 "${'x'.repeat(1024)}";`
      : 'proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;';
  const path = join(folder, `nginx-${port}.conf`);
  writeFileSync(
    path,
    `daemon off; master_process off; worker_processes 1; pid ${folder}/nginx-${port}.pid; error_log stderr crit;
events { worker_connections 16384; }
http {
  access_log off; keepalive_requests 100000000; keepalive_timeout 600s;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name}-${port};`).join(' ')}
  ${upstream === undefined ? '' : `upstream up { server 127.0.0.1:${upstream}; keepalive 64; keepalive_requests 100000000; }`}
  server { listen 127.0.0.1:${port}; location / { ${location} } }
}
`,
  );
  return startProgram('nginx', ['-p', folder, '-c', path], port);
}

/** Starts haproxy with one thread. */
export async function startHaproxy(folder: string, upstream: number): Promise<HttpServer> {
  const port = await freePort();
  const path = join(folder, 'haproxy.cfg');
  writeFileSync(
    path,
    `global
  nbthread 1
  maxconn 4000
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 600s
  timeout server 600s
frontend in
  bind 127.0.0.1:${port}
  default_backend web
backend web
  option forwardfor
  server web 127.0.0.1:${upstream}
`,
  );
  return startProgram('haproxy', ['-db', '-q', '-f', path], port);
}

async function startProgram(program: string, args: readonly string[], port: number): Promise<HttpServer> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  running.add(child);
  const failed = once(child, 'exit').then(() => Promise.reject(new Error(`${program} ended`)));
  failed.catch(() => undefined);
  await Promise.race([failed, answers(port)]);
  return serverOf(child, port);
}

async function answers(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await new Promise<boolean>((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`nobody listens on ${port}`);
}

function serverOf(child: ChildProcess, port: number): HttpServer {
  const folder = `/proc/${child.pid}`;
  return {
    port,
    cpu() {
      // After the name, which may have blanks: user time is the twelfth field, system time the next.
      const fields = readFileSync(`${folder}/stat`, 'utf8').split(') ')[1]!.split(' ');
      return ((Number(fields[11]) + Number(fields[12])) / ticksPerSecond) * 1e6;
    },
    rss: () => Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`${folder}/status`, 'utf8'))![1]) * 1024,
    async heap() {
      const answer = once(child, 'message');
      child.send('gc');
      return ((await answer) as [{ memory: NodeJS.MemoryUsage }])[0].memory.heapUsed;
    },
    async stop() {
      running.delete(child);
      if (!existsSync(folder)) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
