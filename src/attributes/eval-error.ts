/** Why an expression has no value (mixer-core.md 3.4). */
export type EvalErrorKind =
  | 'LOOKUP_FAILED'
  | 'ATTRIBUTE_VALUE_WRONG_TYPE'
  | 'INVALID_IP_ADDRESS'
  | 'INVALID_TIMESTAMP'
  | 'INVALID_DNS_NAME'
  | 'INVALID_EMAIL'
  | 'INVALID_URI'
  | 'INVALID_REGEX';

/**
 * An evaluation's failure, returned instead of a value. Deliberately no Error: a missing attribute is ordinary, and a
 * stack trace per request is not.
 */
export class EvalError {
  constructor(
    readonly kind: EvalErrorKind,
    readonly message: string,
    /** The attribute's name (LOOKUP_FAILED) or the offending value as text (all other kinds). */
    readonly subject: string,
  ) {}
}
