import { LinkLayer, type LinkOptions } from "../../src/core/link/index.js";
import type { CloseHow, Direction, Flow, FlowSink } from "../../src/core/model/flow.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/core/model/limits.js";
import type { Packet } from "../../src/core/model/packet.js";

export const SYN = 2;
export const FIN = 1;
export const RST = 4;
export const ACK = 16;

export interface Segment {
	from?: string;
	to?: string;
	seq?: number;
	ack?: number;
	flags?: number;
	data?: string | Buffer;
}

const split = (text: string) => ({ ip: text.slice(0, text.lastIndexOf(":")), port: Number(text.slice(text.lastIndexOf(":") + 1)) });
const octets = (data: string | Buffer | undefined) => (typeof data === "string" ? Buffer.from(data, "latin1") : (data ?? Buffer.alloc(0)));

export function tcp({ from = "10.0.0.1:1000", to = "10.0.0.2:2000", seq = 0, ack = 0, flags = ACK, data }: Segment): Buffer {
	const head = Buffer.alloc(20);
	head.writeUInt16BE(split(from).port, 0);
	head.writeUInt16BE(split(to).port, 2);
	head.writeUInt32BE(seq >>> 0, 4);
	head.writeUInt32BE(ack >>> 0, 8);
	head.writeUInt16BE(0x5000 | flags, 12);
	return Buffer.concat([head, octets(data)]);
}

export function udp(sport: number, dport: number, data: string | Buffer): Buffer {
	const body = octets(data);
	const head = Buffer.alloc(8);
	head.writeUInt16BE(sport, 0);
	head.writeUInt16BE(dport, 2);
	head.writeUInt16BE(8 + body.length, 4);
	return Buffer.concat([head, body]);
}

export function ipv4(
	protocol: number,
	payload: Buffer,
	options: { from?: string; to?: string; id?: number; fragment?: number } = {},
): Buffer {
	const head = Buffer.alloc(20);
	head[0] = 0x45;
	head.writeUInt16BE(20 + payload.length, 2);
	head.writeUInt16BE(options.id ?? 0, 4);
	head.writeUInt16BE(options.fragment ?? 0, 6);
	head[8] = 64;
	head[9] = protocol;
	Buffer.from((options.from ?? "10.0.0.1").split(".").map(Number)).copy(head, 12);
	Buffer.from((options.to ?? "10.0.0.2").split(".").map(Number)).copy(head, 16);
	return Buffer.concat([head, payload]);
}

export function ipv6(next: number, payload: Buffer): Buffer {
	const head = Buffer.alloc(40);
	head[0] = 0x60;
	head.writeUInt16BE(payload.length, 4);
	head[6] = next;
	Buffer.from("20010db8000000000000000000000001", "hex").copy(head, 8);
	Buffer.from("20010db8000000000000000000000002", "hex").copy(head, 24);
	return Buffer.concat([head, payload]);
}

export function ethernet(type: number, payload: Buffer, tags: [number, number][] = []): Buffer {
	const words = Buffer.alloc(tags.length * 4 + 2);
	tags.forEach(([tpid, vlan], index) => {
		words.writeUInt16BE(tpid, index * 4);
		words.writeUInt16BE(vlan, index * 4 + 2);
	});
	words.writeUInt16BE(type, tags.length * 4);
	return Buffer.concat([Buffer.alloc(12, 2), words, payload]);
}

/** A segment in an Ethernet frame. */
export function frame(segment: Segment): Buffer {
	const from = split(segment.from ?? "10.0.0.1:1000").ip;
	const to = split(segment.to ?? "10.0.0.2:2000").ip;
	return ethernet(0x0800, ipv4(6, tcp(segment), { from, to }));
}

/** A segment the other way. */
export function back(segment: Segment): Buffer {
	return frame({ from: "10.0.0.2:2000", to: "10.0.0.1:1000", ...segment });
}

export interface SeenFlow {
	flow: Flow;
	data: [Buffer[], Buffer[]];
	events: string[];
	gaps: [Direction, number][];
	closed: [Direction, CloseHow][];
	problems: [Direction, string][];
}

/** A link layer that remembers what came out of it. */
export class Tap {
	readonly flows: SeenFlow[] = [];
	readonly link: LinkLayer;
	interested = true;
	now = 1000;
	#packets = 0;

	constructor(options: Partial<LinkOptions> & { limit?: Partial<Limits> } = {}) {
		this.link = new LinkLayer({ ...options, limits: { ...DEFAULT_LIMITS, ...options.limit }, openFlow: (flow) => this.#open(flow) });
	}

	packet(data: Buffer, more: Partial<Packet> = {}): this {
		this.now += 0.001;
		this.link.packet({
			number: ++this.#packets,
			sec: Math.floor(this.now),
			nsec: Math.round((this.now % 1) * 1e9),
			buf: data,
			start: 0,
			end: data.length,
			originalLength: data.length,
			linkType: 1,
			interfaceId: 0,
			fcsLength: 0,
			direction: 0,
			comments: null,
			...more,
		});
		return this;
	}

	/** Everything direction `dir` of flow `index` carried. */
	text(index = 0, dir: Direction = 0): string {
		return Buffer.concat(this.flows[index]?.data[dir] ?? []).toString("latin1");
	}

	#open(flow: Flow): FlowSink {
		const seen: SeenFlow = { flow, data: [[], []], events: [], gaps: [], closed: [], problems: [] };
		this.flows.push(seen);
		return {
			data: (dir, buf, start, end) => {
				seen.data[dir].push(Buffer.from(buf.subarray(start, end)));
				seen.events.push(`${dir}:${buf.toString("latin1", start, end)}`);
			},
			gap: (dir, length) => {
				seen.gaps.push([dir, length]);
				seen.events.push(`${dir}:gap ${length}`);
			},
			close: (dir, how) => seen.closed.push([dir, how]),
			problem: (dir, id) => seen.problems.push([dir, id]),
			interested: () => this.interested,
		};
	}
}
