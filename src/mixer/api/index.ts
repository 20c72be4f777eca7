export { decodeCheckRequest } from './check-request.js';
export { encodeCheckResponse } from './check-response.js';
export { ReportDecoder } from './report-request.js';
