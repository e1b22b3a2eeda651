import type { ActionContext } from "./types.js";

/** Is the message carried on by WebSocket? Elsewhere its faults do nothing. */
export function overWebSocket({ connection, dir }: ActionContext): boolean {
	const { carrier } = dir === 0 ? connection.server : connection.client;
	return carrier === "ws" || carrier === "wss";
}
