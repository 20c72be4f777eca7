/**
 * What an expression may cost at most. Configuration is untrusted in size: beyond these an expression is refused with
 * EXPRESSION_TOO_LARGE, so that no parser, checker or engine can be driven into a stack overflow.
 */
export const limits = {
  /** Length of the source in UTF-16 code units. */
  sourceLength: 65_536,
  /** Brackets and prefix operators open at the same time. */
  nesting: 200,
  /** Height of the syntax tree; a chain `a | b | c` grows by one for each operator. */
  depth: 1_000,
  /** Attributes, constants and calls together. */
  nodes: 10_000,
} as const;
