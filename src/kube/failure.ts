import { MixerError } from '../util/errors.js';

/** Why a request did not give what it should have. `status` is the server's, also when it came inside of a stream. */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure';

  constructor(
    message: string,
    readonly status?: number | undefined,
    readonly retryAfterMillis?: number | undefined,
  ) {
    super(message);
  }

  /** The version that was asked for is too old to go on from: everything must be listed anew. */
  get isGone(): boolean {
    return this.status === 410;
  }
}

interface StatusBody {
  readonly code?: unknown;
  readonly reason?: unknown;
  readonly message?: unknown;
}

const meanings: Readonly<Record<number, string>> = {
  401: 'the server does not accept the credentials',
  403: 'the credentials do not allow it',
  404: 'the server does not have this resource',
  410: 'the version is too old',
  429: 'the server asks to come back later',
};

/** A failure from a `Status` object, as a body or as an event of a watch. */
export function failureOf(value: unknown, status?: number, retryAfterMillis?: number): ApiFailure {
  const body = (typeof value === 'object' && value !== null ? value : {}) as StatusBody;
  const code = status ?? codeOf(body);
  const meaning = (code === undefined ? undefined : meanings[code]) ?? 'the server failed';
  const detail = [code, body.message ?? body.reason].filter(
    (part) => typeof part === 'number' || typeof part === 'string',
  );
  return new ApiFailure(detail.length === 0 ? meaning : `${meaning} (${detail.join(' ')})`, code, retryAfterMillis);
}

function codeOf({ code, reason }: StatusBody): number | undefined {
  if (typeof code === 'number') return code;
  return reason === 'Expired' || reason === 'Gone' ? 410 : undefined;
}

/** The text of whatever went wrong, with the cause where only that says something. */
export function reasonOf(error: unknown): string {
  const { rawMessage, cause } = MixerError.from(error);
  if (rawMessage !== '') return rawMessage;
  // Several attempts that failed at once say nothing themselves.
  if (cause instanceof AggregateError) return cause.errors.map((one) => MixerError.from(one).rawMessage).join('; ');
  return 'unknown';
}
