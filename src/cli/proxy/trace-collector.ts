import { decodeSpec, parseResources } from '../../config/index.js';
import { type SpanSink, toTraceSpan } from '../../proxy/index.js';
import { createHost } from '../../runtime/index.js';
import type { CallContext, Log } from '../../sdk/index.js';
import { MixerError } from '../../util/errors.js';
import { loadAdapter } from '../load-adapter.js';

/** Where spans go: an adapter of Mixer that exports them, and its address. */
export interface TraceCollector {
  readonly adapter: 'zipkin' | 'otlp';
  readonly url: string;
}

/** Spans on their way out of the process. */
export interface Spans extends SpanSink {
  /** Sends what is still here, within the bounds of the adapter. */
  close(): Promise<void>;
}

/** What is used of the handler of such an adapter. */
interface SpanHandler {
  handleTraceSpan(instances: readonly object[], call: CallContext): unknown;
  close?(): unknown;
}

/** Where Zipkin takes spans at a server of which only the address is given. */
const zipkinPath = '/api/v2/spans';
const name = 'spans';

/**
 * Hands the spans of a proxy to the adapter that exports them, all of them: which requests are traced the proxy has
 * decided.
 *
 * @throws MixerError ADAPTER_INVALID, or USAGE when the adapter does not take the address.
 */
export async function openTraceCollector(
  { adapter: kind, url }: TraceCollector,
  { workingDirectory, log }: { readonly workingDirectory: string; readonly log: Log },
): Promise<Spans> {
  const adapter = await loadAdapter(`fairlead/adapters/${kind}`, workingDirectory);
  const config = decode(adapter, kind === 'zipkin' ? zipkinParams(url) : otlpParams(url));
  const lent = createHost({ log }).createEnv(name, kind);
  const types = { metric: new Map(), logentry: new Map(), tracespan: new Map() };
  const handler = (await adapter.build({ name, config, types, env: lent.env })) as unknown as SpanHandler;
  return {
    report(span) {
      try {
        handler.handleTraceSpan([{ name, ...toTraceSpan(span) }], noDeadline);
      } catch (error) {
        // The request that it is about has been served.
        log.warn('a span was lost', { error: String(error) });
      }
    },
    async close() {
      lent.abort();
      await handler.close?.();
      lent.dispose();
    },
  };
}

/** The adapters only queue what they are given. */
const noDeadline: CallContext = { deadline: Infinity, signal: new AbortController().signal };

function zipkinParams(url: string): object {
  const { pathname, href } = new URL(url);
  return { url: pathname === '/' ? new URL(zipkinPath, href).href : url, sampleProbability: 1 };
}

function otlpParams(url: string): object {
  return { endpoint: url, traces: { sampleProbability: 1 } };
}

type Loaded = Awaited<ReturnType<typeof loadAdapter>>;

function decode(adapter: Loaded, params: object): unknown {
  const text = JSON.stringify({ kind: 'handler', metadata: { name }, spec: { params } });
  const { resources } = parseResources(text, { file: 'command line', defaultNamespace: 'default' });
  const { value, diagnostics } = decodeSpec(resources[0]!, adapter.config, 'spec.params');
  const wrong = diagnostics.map(({ message }) => message);
  adapter.validate?.(value, (path, message, severity) => {
    if (severity !== 'warning') wrong.push(`${path} ${message}`);
  });
  if (wrong.length > 0) throw new MixerError('USAGE', `--traceCollector: ${wrong.join('; ')}`);
  return value;
}
