/** Bytes of one configuration file; a longer one is refused unread. */
export const MAX_FILE_BYTES = 8 * 1024 * 1024;

/** Maps and lists around a value, counted through aliases. */
export const MAX_DEPTH = 100;

/** Scalars, maps and lists of one document, each alias counted as all that it stands for. */
export const MAX_NODES = 200_000;

/** Tokens of one document (indentation, line ends and comments count too). */
export const MAX_TOKENS = 1_000_000;
