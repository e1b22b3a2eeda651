import type { ProfileBox } from "../profile.js";
import type { AlgMessage } from "../types.js";

/** Boxes that read packets see nothing of encrypted ones, and SIP in WebSocket frames is no SIP to them. */
export function packetFilter(message: AlgMessage, box: ProfileBox): string | undefined {
	if (message.transport !== "udp" && message.transport !== "tcp") return `SIP over ${message.transport} is not read`;
	const ports = box.text("ports");
	if (ports === "any") return undefined;
	const wanted = new Set(ports.split("+").map(Number));
	if (wanted.has(message.source.port) || wanted.has(message.target.port)) return undefined;
	return `neither port ${message.source.port} nor ${message.target.port} is looked at (ports=${ports})`;
}

export const PORTS = { default: "5060", text: "ports that are looked at, separated by +, or any" } as const;
