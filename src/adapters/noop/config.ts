import { s } from 'fairlead/sdk';

/** Nothing can be configured. */
export const noopConfig = s.message({});
