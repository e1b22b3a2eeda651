import { readFileSync } from "node:fs";
import type { Direction } from "../../src/core/model/flow.js";

export interface Segment {
	dir: Direction;
	data: Buffer;
}

/**
 * TCP payloads of the little-endian Ethernet/IPv4 pcapng captures made for this project, by connection, in order of capture
 * (they have neither loss nor reordering; retransmissions are left out). Direction 0 is who sent the first packet.
 */
export function readCapture(path: string): { connections: Segment[][]; keyLogs: string[] } {
	const file = readFileSync(path);
	const connections = new Map<string, { opener: number; next: [number, number]; segments: Segment[] }>();
	const keyLogs: string[] = [];
	for (let at = 0; at < file.length; at += file.readUInt32LE(at + 4)) {
		const type = file.readUInt32LE(at);
		if (type === 10) keyLogs.push(file.toString("latin1", at + 16, at + 16 + file.readUInt32LE(at + 12)));
		if (type !== 6) continue;
		const packet = file.subarray(at + 28, at + 28 + file.readUInt32LE(at + 20));
		if (packet.readUInt16BE(12) !== 0x0800 || packet[23] !== 6) continue;
		const tcp = 14 + (packet[14]! & 15) * 4;
		const [from, to] = [packet.readUInt16BE(tcp), packet.readUInt16BE(tcp + 2)];
		const key = `${Math.min(from, to)} ${Math.max(from, to)}`;
		let connection = connections.get(key);
		if (connection === undefined) {
			connection = { opener: from, next: [-1, -1], segments: [] };
			connections.set(key, connection);
		}
		const dir: Direction = from === connection.opener ? 0 : 1;
		const seq = packet.readUInt32BE(tcp + 4);
		const data = packet.subarray(tcp + (packet[tcp + 12]! >> 4) * 4, 14 + packet.readUInt16BE(16));
		if (data.length === 0) continue;
		if (connection.next[dir] !== -1 && seq !== connection.next[dir]) {
			if (seq < connection.next[dir]) continue;
			throw new Error("the helper does not reorder");
		}
		connection.next[dir] = (seq + data.length) >>> 0;
		connection.segments.push({ dir, data: Buffer.from(data) });
	}
	return { connections: [...connections.values()].map((c) => c.segments), keyLogs };
}
