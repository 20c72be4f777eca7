export { attributeText, cutText, maxTextLength } from './attributes.js';
export { parseSpanId, parseTraceId, rewriteSpanId } from './ids.js';
export { createSampler, type Sampler } from './sampler.js';
export { codeName, statusOfHttp } from './status.js';
export { endpointOf, toSpan } from './to-span.js';
export type { Endpoint, MessageEvent, SkipReason, Span, SpanAttribute, SpanInput, SpanStatus } from './types.js';
