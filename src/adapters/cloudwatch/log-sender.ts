import type { RejectedLogEventsInfo } from '@aws-sdk/client-cloudwatch-logs';
import type { SendContext, SendOutcome } from 'fairlead/sdk/delivery';
import type { LogsClient } from './clients.js';
import { asAwsError, type AwsError, type Failure, failureOf } from './failure.js';
import type { LogEvent } from './log-event.js';

const day = 24 * 3_600_000;

/** What became of the events of one call: some may have been refused for good though the call went well. */
type Answer = Failure | { readonly kind: 'taken'; readonly refused: number; readonly reason: string };

/** Sends batches to the log stream one after another, in the order of time. */
export class LogSender {
  readonly #client: LogsClient;
  readonly #stream: string;
  /** AWS asks for one no more, other implementations of its interface do. */
  #token: string | undefined;

  /** `stream` names the stream in messages. */
  constructor(client: LogsClient, stream: string) {
    this.#client = client;
    this.#stream = stream;
  }

  /** Sends a batch in as few calls as it may take: no call may span more than a day. */
  async send(batch: readonly LogEvent[], { signal }: SendContext): Promise<SendOutcome<LogEvent>> {
    const days = splitByDay(batch.toSorted((a, b) => a.timestamp - b.timestamp));
    let rejected = 0;
    let reason = '';
    for (const [index, events] of days.entries()) {
      const answer = await this.#put(events, signal);
      if (answer.kind === 'retry') {
        if (index === 0) return answer;
        return { ...answer, kind: 'partial', again: days.slice(index).flat(), rejected };
      }
      if (answer.kind === 'rejected') rejected += events.length;
      else rejected += answer.refused;
      reason = answer.reason || reason;
    }
    if (rejected === 0) return { kind: 'delivered' };
    if (rejected === batch.length) return { kind: 'rejected', reason };
    return { kind: 'partial', reason, again: [], rejected };
  }

  async #put(events: readonly LogEvent[], signal: AbortSignal): Promise<Answer> {
    const first = await this.#try(events, signal);
    // The answer has told the token that was missing.
    return first === 'token' ? this.#afterToken(await this.#try(events, signal)) : first;
  }

  #afterToken(answer: Answer | 'token'): Answer {
    return answer === 'token' ? { kind: 'retry', reason: 'somebody else writes to the log stream' } : answer;
  }

  async #try(events: readonly LogEvent[], signal: AbortSignal): Promise<Answer | 'token'> {
    try {
      const { nextSequenceToken, rejectedLogEventsInfo } = await this.#client.put(events, this.#token, signal);
      this.#token = nextSequenceToken;
      const refused = countRefused(rejectedLogEventsInfo, events.length);
      return { kind: 'taken', refused, reason: refused > 0 ? 'events were too old or too new' : '' };
    } catch (cause) {
      return this.#judge(asAwsError(cause));
    }
  }

  #judge(error: AwsError): Answer | 'token' {
    const { expectedSequenceToken: expected } = error;
    switch (error.name) {
      case 'InvalidSequenceTokenException':
        this.#token = typeof expected === 'string' ? expected : undefined;
        return 'token';
      case 'DataAlreadyAcceptedException':
        // A call that seemed to fail had arrived.
        this.#token = typeof expected === 'string' ? expected : undefined;
        return { kind: 'taken', refused: 0, reason: '' };
      case 'ResourceNotFoundException':
        return { kind: 'rejected', reason: `${this.#stream} does not exist: ${error.message}` };
      default:
        return failureOf(error);
    }
  }
}

/** Cuts sorted events where more than 24 hours would come together. */
function splitByDay(sorted: readonly LogEvent[]): LogEvent[][] {
  const days: LogEvent[][] = [];
  let start = -Infinity;
  for (const event of sorted) {
    if (event.timestamp - start > day) {
      days.push([]);
      start = event.timestamp;
    }
    days.at(-1)!.push(event);
  }
  return days;
}

function countRefused(info: RejectedLogEventsInfo | undefined, length: number): number {
  if (info === undefined) return 0;
  const { tooOldLogEventEndIndex = 0, expiredLogEventEndIndex = 0, tooNewLogEventStartIndex = length } = info;
  const old = Math.max(tooOldLogEventEndIndex, expiredLogEventEndIndex);
  return Math.min(length, old + Math.max(0, length - tooNewLogEventStartIndex));
}
