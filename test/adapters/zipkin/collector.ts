import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** A span as it arrived, checked by {@link problemsOf}. */
export type Received = Readonly<Record<string, unknown>>;

/** How a collector answers a request; `n` counts from 1. */
export type Answer = (response: ServerResponse, n: number, request: IncomingMessage) => void;

/** A Zipkin collector's front door: it checks what the real one would, and keeps what came. */
export interface Collector {
  readonly url: string;
  /** All spans of batches that were accepted, in order. */
  readonly spans: readonly Received[];
  /** Sizes of the batches, accepted or not. */
  readonly batches: readonly number[];
  /** What a real collector would have refused. */
  readonly problems: readonly string[];
  stop(): Promise<void>;
}

/** Starts a collector on a port of its own; it says 202 unless told otherwise. */
export async function startCollector(answer: Answer = accept): Promise<Collector> {
  const spans: Received[] = [];
  const batches: number[] = [];
  const problems: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8');
      const batch = readBatch(text, request, problems);
      batches.push(batch.length);
      response.on('finish', () => {
        if (response.statusCode < 300) spans.push(...batch);
      });
      answer(response, batches.length, request);
    });
  });
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/api/v2/spans`,
    spans,
    batches,
    problems,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function accept(response: ServerResponse): void {
  response.writeHead(202).end();
}

function readBatch(text: string, request: IncomingMessage, problems: string[]): readonly Received[] {
  if (request.method !== 'POST') problems.push(`method ${request.method ?? ''}`);
  if (request.headers['content-type'] !== 'application/json') problems.push('content type');
  for (const key of duplicateKeys(text)) problems.push(`key ${key} comes twice`);
  const batch = JSON.parse(text) as readonly Received[];
  if (!Array.isArray(batch) || batch.length === 0) problems.push('no list of spans');
  for (const span of batch) problems.push(...problemsOf(span));
  return batch;
}

const hex = (digits: number) => new RegExp(`^[0-9a-f]{${digits}}$`);
const isMicros = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) > 0;
const isText = (value: unknown): boolean => typeof value === 'string';
const rules: Readonly<Record<string, (value: unknown) => boolean>> = {
  traceId: (value) => isText(value) && hex(32).test(value as string) && /[^0]/.test(value as string),
  id: (value) => isText(value) && hex(16).test(value as string) && /[^0]/.test(value as string),
  parentId: (value) => value === undefined || (isText(value) && hex(16).test(value as string)),
  name: isText,
  kind: (value) => value === 'CLIENT' || value === 'SERVER',
  timestamp: (value) => value === undefined || isMicros(value),
  duration: (value) => value === undefined || isMicros(value),
  localEndpoint: (value) => Object.values(value as object).every(isText),
  remoteEndpoint: (value) => value === undefined || Object.values(value as object).every(isText),
  annotations: (value) =>
    (value as { timestamp: unknown; value: unknown }[]).every((a) => isMicros(a.timestamp) && isText(a.value)),
  tags: (value) => Object.values(value as object).every(isText),
};

/** The rules of Zipkin's v2 schema, for the fields that Mixer's spans have. */
function problemsOf(span: Received): readonly string[] {
  const unknown = Object.keys(span).filter((key) => !Object.hasOwn(rules, key));
  const broken = Object.entries(rules).filter(([key, rule]) => !rule(span[key]));
  return [...unknown, ...broken.map(([key]) => `${key}: ${JSON.stringify(span[key])}`)];
}

/** Keys that an object of a JSON text has more than once: `JSON.parse` would hide them, Zipkin's reader stumbles. */
function duplicateKeys(text: string): readonly string[] {
  const twice: string[] = [];
  const open: Set<string>[] = [];
  for (const match of text.matchAll(/\{|\}|("(?:[^"\\]|\\.)*")(\s*:)?/g)) {
    if (match[0] === '{') open.push(new Set());
    else if (match[0] === '}') open.pop();
    else if (match[2] !== undefined && match[1] !== undefined) {
      const keys = open.at(-1);
      if (keys?.has(match[1]) === true) twice.push(match[1]);
      keys?.add(match[1]);
    }
  }
  return twice;
}
