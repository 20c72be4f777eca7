export type { TcpConnection, TcpObserver } from './types.js';
