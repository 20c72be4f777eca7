import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { checkEvents, checkMetrics, refusedOf } from './check-input.js';
import { checkSignature } from './signature.js';

/** Decoded JSON, as tests need it. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- read by name
export type Body = Readonly<Record<string, any>>;

/** What is answered in place of what AWS would: an error by name, an HTTP answer, half of one, nothing, or a broken connection. */
export type Answer =
  | 'hang'
  | 'reset'
  | 'half'
  | { readonly error: string; readonly more?: Body; readonly status?: number }
  | { readonly status: number; readonly text: string; readonly headers?: Readonly<Record<string, string>> };

/** The two services as far as the adapter uses them: signatures, types, schemas and limits are checked as AWS does. */
export class AwsServer {
  readonly calls: { readonly action: string; readonly body: Body }[] = [];
  /** What no client of AWS may do; also answered as an error. */
  readonly violations: string[] = [];
  /** Takes the place of the proper answer as long as it gives one. */
  answer: (action: string, body: Body) => Answer | undefined = () => undefined;
  /** What time it is, for the age of data. */
  now = Date.UTC(2026, 0, 1);
  /** When set, each call needs the token that the last one gave, as it was before 2023. */
  token: number | undefined;
  readonly #changed = new Set<() => void>();

  private constructor(readonly server: Server) {
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async start(): Promise<AwsServer> {
    process.env['AWS_ACCESS_KEY_ID'] = 'AKIDEXAMPLE';
    process.env['AWS_SECRET_ACCESS_KEY'] = 'not-a-secret';
    // Nothing of the machine's own AWS, nor any look at the network for it.
    process.env['AWS_EC2_METADATA_DISABLED'] = 'true';
    process.env['AWS_CONFIG_FILE'] = process.env['AWS_SHARED_CREDENTIALS_FILE'] = '/dev/null';
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new AwsServer(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  /** The bodies of all calls, once there are so many. */
  async received(count: number): Promise<readonly Body[]> {
    while (this.calls.length < count) await new Promise<void>((resolve) => this.#changed.add(resolve));
    return this.calls.map(({ body }) => body);
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const action = String(request.headers['x-amz-target']);
    const text = request.headers['content-encoding'] === 'gzip' ? gunzipSync(raw) : raw;
    const body = JSON.parse(text.toString()) as Body;
    const service = action.startsWith('Logs_') ? 'logs' : 'monitoring';
    const type = `application/x-amz-json-1.${service === 'logs' ? 1 : 0}`;
    const problems = checkSignature(request, raw, { service, region: 'eu-west-1', secret: 'not-a-secret' });
    if (request.headers['content-type'] !== type) problems.push(`content type ${request.headers['content-type']}`);
    const answer = this.answer(action, body) ?? this.#properAnswer(action, body, problems, text.length);
    reply(response, answer, type);
    this.calls.push({ action, body });
    for (const resolve of this.#changed) resolve();
    this.#changed.clear();
  }

  #properAnswer(action: string, body: Body, problems: string[], bytes: number): Answer {
    if (action === 'Logs_20140328.PutLogEvents') {
      problems.push(...checkEvents(body, this.now));
      if (problems.length === 0) return this.#acceptEvents(body);
    } else if (action === 'GraniteServiceVersion20100801.PutMetricData') {
      problems.push(...checkMetrics(body, this.now, bytes));
      if (problems.length === 0) return { status: 200, text: '{}' };
    } else {
      problems.push(`there is no action ${action}`);
    }
    this.violations.push(...problems);
    return { error: 'InvalidParameterException', more: { message: problems.join('; ') } };
  }

  #acceptEvents(body: Body): Answer {
    if (body['logGroupName'] !== 'mesh' || body['logStreamName'] !== 'access') {
      return { error: 'ResourceNotFoundException', more: { message: 'The specified log stream does not exist.' } };
    }
    const rejectedLogEventsInfo = refusedOf(body, this.now);
    if (this.token === undefined) return { status: 200, text: JSON.stringify({ rejectedLogEventsInfo }) };
    const expectedSequenceToken = String(this.token);
    if (body['sequenceToken'] !== expectedSequenceToken) {
      return { error: 'InvalidSequenceTokenException', more: { expectedSequenceToken, message: 'not this one' } };
    }
    this.token += 1;
    return { status: 200, text: JSON.stringify({ nextSequenceToken: String(this.token), rejectedLogEventsInfo }) };
  }
}

function reply(response: ServerResponse, answer: Answer, type: string): void {
  if (answer === 'hang') return;
  if (answer === 'reset') {
    response.destroy();
    return;
  }
  if (answer === 'half') {
    response.writeHead(200, { 'content-type': type, 'content-length': 100 });
    response.write('{"a":', () => response.destroy());
    return;
  }
  if ('error' in answer) {
    const text = JSON.stringify({ __type: `com.amazonaws#${answer.error}`, message: answer.error, ...answer.more });
    response.writeHead(answer.status ?? 400, { 'content-type': type }).end(text);
  } else {
    response.writeHead(answer.status, { 'content-type': type, ...answer.headers }).end(answer.text);
  }
}
