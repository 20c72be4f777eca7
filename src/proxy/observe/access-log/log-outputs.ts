import type { ProxyEnv } from '../../env.js';
import { BufferedOutput } from './buffered-output.js';
import { createLogSink, type LogOutput, type LogSink } from './log-output.js';

/** The outputs of all access logs, one a path. They live as long as the proxy: configurations come and go. */
export interface LogOutputs {
  open(path: string): LogOutput;
  /** Lines that were lost so far. */
  readonly dropped: number;
  /** Resolves when all lines so far are written, or lost. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** `makeSink` is for tests. */
export function createLogOutputs(
  env: ProxyEnv,
  makeSink: (path: string, env: ProxyEnv) => LogSink = createLogSink,
): LogOutputs {
  const outputs = new Map<string, BufferedOutput>();
  return {
    open: (path) => {
      let output = outputs.get(path);
      if (output === undefined) outputs.set(path, (output = new BufferedOutput(path, makeSink(path, env), env)));
      return output;
    },
    get dropped() {
      let dropped = 0;
      for (const output of outputs.values()) dropped += output.dropped;
      return dropped;
    },
    flush: async () => {
      await Promise.all(Array.from(outputs.values(), (output) => output.flush()));
    },
    close: async () => {
      await Promise.all(Array.from(outputs.values(), (output) => output.close()));
    },
  };
}
