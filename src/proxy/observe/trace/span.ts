/** One hop of a traced request, in nobody's format. */
export interface SpanData {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 of them. */
  readonly spanId: string;
  /** Undefined for the root of a trace. */
  readonly parentSpanId: string | undefined;
  /** What comes in is of a server, what goes out is of a client. */
  readonly kind: 'SERVER' | 'CLIENT';
  readonly name: string;
  /** Milliseconds since the epoch. */
  readonly start: number;
  readonly durationMillis: number;
  /** Of the proxy that measured. */
  readonly serviceName: string;
  /** Where this proxy was reached; undefined when that is no IP address. */
  readonly localAddress: string | undefined;
  /** The other end of the hop: who called, or the endpoint that was called. */
  readonly peerAddress: string | undefined;
  /** Undefined when there was no answer. */
  readonly status: number | undefined;
  /** Bytes of bodies. */
  readonly received: number;
  readonly sent: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** Takes the spans of a proxy. Nobody waits for it, and it must not throw. */
export interface SpanSink {
  report(span: SpanData): void;
}
