export { WebSocketConnection, type WebSocketOptions } from "./connection.js";
export type { WebSocketDecoder, WebSocketHandshake, WebSocketSink } from "./types.js";
