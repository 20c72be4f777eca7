export type {
  Delivery,
  DeliveryOptions,
  DeliveryState,
  DropReason,
  SendContext,
  SendOutcome,
} from './types.js';
