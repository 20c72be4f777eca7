export { createDelivery, type DeliveryEnv } from './delivery.js';
export {
  createHttpSender,
  type HttpAnswer,
  type HttpBody,
  type HttpHeaders,
  type HttpSenderOptions,
} from './http-sender.js';
export { textSize } from './text-size.js';
export type { Delivery, DeliveryOptions, DeliveryState, DropReason, SendContext, SendOutcome } from './types.js';
