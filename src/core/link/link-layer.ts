import { ipv4Text, ipv6Text } from "../bytes/ip-text.js";
import type { Direction, Flow, OpenFlow } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import type { Packet } from "../model/packet.js";
import type { Problem } from "../model/problem.js";
import type { Moment } from "../model/time.js";
import { type Ends, type FlowRecord, FlowTable, forward } from "./flow-table.js";
import { isDecodedLinkType, linkTypeText } from "./link-types.js";
import { PacketWalker, type WalkerSink } from "./packet-walker.js";
import { TcpHalf, type TcpShared } from "./tcp-half.js";

export interface LinkOptions {
	limits: Limits;
	openFlow: OpenFlow;
	/** which copy counts where retransmissions differ; default first */
	overlap?: "first" | "last";
}

const FIN = 1;
const SYN = 2;
const RST = 4;
const ACK = 16;

/** Captured packets in, ordered octets of flows out: link types, IP, tunnels, UDP, TCP reassembly. */
export class LinkLayer implements WalkerSink {
	/** findings about the capture as a whole; bounded */
	readonly problems: Problem[] = [];
	readonly counters = { packets: 0, ip: 0, tcp: 0, udp: 0, flows: 0, retransmitted: 0, malformed: 0, otherLink: 0 };
	readonly #options: LinkOptions;
	readonly #table = new FlowTable();
	readonly #walker: PacketWalker;
	readonly #tcp: TcpShared;
	readonly #at: Moment = { sec: 0, nsec: 0, packet: 0 };
	readonly #unknownLinks = new Set<number>();
	#now = 0;
	#flows = 0;

	constructor(options: LinkOptions) {
		this.#options = options;
		this.#walker = new PacketWalker(this);
		this.#tcp = { limits: options.limits, overlap: options.overlap ?? "first", held: 0, histories: 0 };
	}

	packet(packet: Packet): void {
		this.counters.packets++;
		const at = this.#at;
		at.sec = packet.sec;
		at.nsec = packet.nsec;
		at.packet = packet.number;
		const now = packet.sec + packet.nsec / 1e9;
		if (now > this.#now) this.#now = now;
		if (!isDecodedLinkType(packet.linkType)) {
			this.#unknownLink(packet);
			return;
		}
		const cut = packet.originalLength - (packet.end - packet.start);
		this.#walker.walk(packet.linkType, packet.buf, packet.start, packet.end - (cut > 0 ? 0 : packet.fcsLength), cut > 0, this.#now);
		this.#expire();
	}

	/** The capture is over: everything that is held is handed on, every flow closed. */
	finish(): void {
		for (let record = this.#table.oldest; record !== undefined; record = this.#table.oldest) {
			this.#end(record, "end-of-capture");
			this.#table.remove(record);
		}
	}

	// --- WalkerSink ---

	problem(id: Problem["id"], detail: string): void {
		this.counters.malformed++;
		if (this.problems.length < 100) this.problems.push({ id, offset: 0, length: 0, detail: `packet ${this.#at.packet}: ${detail}` });
	}

	udp(ends: Ends, buf: Buffer, start: number, end: number): void {
		this.counters.udp++;
		const record = this.#record(ends, false);
		if (start < end) record.sink?.data(direction(record, ends), buf, start, end, this.#at);
	}

	pdu(ends: Ends, protocol: string, buf: Buffer, start: number, end: number): void {
		let record = this.#table.find(ends);
		if (record === undefined) {
			record = this.#table.add(ends);
			this.#open(record, "tcp", true, protocol);
		}
		this.#touch(record);
		if (start < end) record.sink?.data(direction(record, ends), buf, start, end, this.#at);
	}

	tcp(ends: Ends, seq: number, ack: number, flags: number, buf: Buffer, start: number, end: number, cut: number): void {
		this.counters.tcp++;
		let record = this.#table.find(ends);
		if (record !== undefined && (flags & SYN) !== 0 && (flags & ACK) === 0 && this.#isNewConnection(record, ends, seq)) {
			this.#end(record, "idle");
			this.#table.remove(record);
			record = undefined;
		}
		if (record === undefined) {
			// A RST alone, or an ACK of a connection that is over, opens nothing.
			if ((flags & RST) !== 0) return;
			record = this.#table.add(ends);
			record.swapped = (flags & (SYN | ACK)) === (SYN | ACK);
			record.halves = [new TcpHalf(this.#tcp), new TcpHalf(this.#tcp)];
			this.#open(record, "tcp", (flags & SYN) === 0, undefined);
		}
		this.#touch(record);
		const { sink, halves } = record;
		if (sink === undefined || halves === undefined) return;
		const at = this.#at;
		const dir = direction(record, ends);
		const half = halves[dir];
		if ((flags & SYN) !== 0) {
			if (half.isn === undefined && !half.started) half.syn(seq);
			seq = (seq + 1) >>> 0;
		}
		if ((flags & RST) !== 0) {
			this.#end(record, "rst", dir);
			return;
		}
		const size = end - start + cut;
		if (size <= 1 && (flags & (SYN | FIN)) === 0 && half.isKeepAlive(seq, size)) {
			sink.problem(dir, "tcp.keepalive", "", at);
		} else if (size > 0) half.data(sink, dir, seq, buf, start, end, cut, at);
		if ((flags & FIN) !== 0) half.fin(sink, dir, (seq + size) >>> 0, at);
		if ((flags & ACK) !== 0) halves[dir === 0 ? 1 : 0].ack(sink, dir === 0 ? 1 : 0, ack, at);
		if (halves[0].closed && halves[1].closed) this.#release(record);
	}

	// --- flows ---

	#record(ends: Ends, midStream: boolean): FlowRecord {
		let record = this.#table.find(ends);
		if (record === undefined) {
			record = this.#table.add(ends);
			this.#open(record, "udp", midStream, undefined);
		}
		this.#touch(record);
		return record;
	}

	#isNewConnection(record: FlowRecord, ends: Ends, seq: number): boolean {
		if (record.halves === undefined) return false;
		const half = record.halves[direction(record, ends)];
		if (half.isn === seq) return false;
		// A simultaneous open answers a SYN with a SYN; anything else that was under way is over now.
		const other = record.halves[direction(record, ends) === 0 ? 1 : 0];
		return !(half.isn === undefined && !half.started && other.isn !== undefined && !record.over);
	}

	#open(record: FlowRecord, transport: "tcp" | "udp", midStream: boolean, hint: string | undefined): void {
		this.counters.flows++;
		const a = { address: textOf(record.family, record.a0, record.a1, record.a2, record.a3), port: record.aport };
		const b = { address: textOf(record.family, record.b0, record.b1, record.b2, record.b3), port: record.bport };
		const flow: Flow = {
			id: ++this.#flows,
			transport,
			a: record.swapped ? b : a,
			b: record.swapped ? a : b,
			openerKnown: transport === "tcp" && !midStream,
			midStream: transport === "tcp" && midStream && hint === undefined,
			tunnels: this.#walker.tunnelNames(),
			began: { sec: this.#at.sec, nsec: this.#at.nsec, packet: this.#at.packet },
		};
		if (hint !== undefined) flow.protocolHint = hint;
		record.flow = flow;
		record.sink = this.#options.openFlow(flow);
		if (flow.midStream) record.sink.problem(0, "tcp.mid-stream-start", "", this.#at);
		while (this.#table.size > this.#options.limits.flows && this.#table.oldest !== record) this.#evict();
	}

	#evict(): void {
		const oldest = this.#table.oldest;
		if (oldest === undefined) return;
		this.#end(oldest, "idle");
		this.#table.remove(oldest);
	}

	#touch(record: FlowRecord): void {
		record.lastSeen = this.#now;
		this.#table.touch(record);
	}

	/** Closes what has been idle; the list is by last use, so only its head is looked at. */
	#expire(): void {
		const { tcpIdle, udpIdle } = this.#options.limits;
		for (let count = 0; count < 4; count++) {
			const oldest = this.#table.oldest;
			if (oldest === undefined) return;
			const idle = this.#now - oldest.lastSeen;
			if (idle <= (oldest.protocol === 17 ? udpIdle : tcpIdle)) return;
			this.#evict();
		}
	}

	#end(record: FlowRecord, how: "idle" | "rst" | "end-of-capture", dir: Direction = 0): void {
		const { sink, halves } = record;
		if (sink === undefined) return;
		if (halves !== undefined) {
			halves[0].flush(sink, 0, this.#at);
			halves[1].flush(sink, 1, this.#at);
		}
		sink.close(dir, how, this.#at);
		this.#release(record);
	}

	/** The flow is over: the record stays so that stragglers open no new flow. */
	#release(record: FlowRecord): void {
		record.halves?.[0].drop();
		record.halves?.[1].drop();
		record.over = true;
		record.sink = undefined;
		record.flow = undefined;
	}

	#unknownLink(packet: Packet): void {
		this.counters.otherLink++;
		if (this.#unknownLinks.has(packet.linkType) || this.#unknownLinks.size >= 32) return;
		this.#unknownLinks.add(packet.linkType);
		this.problems.push({
			id: "cap.unknown-link-type",
			offset: 0,
			length: 0,
			detail: `link type ${linkTypeText(packet.linkType)} from packet ${packet.number} on is not decoded`,
		});
	}
}

function direction(record: FlowRecord, ends: Ends): Direction {
	return forward(record, ends) !== record.swapped ? 0 : 1;
}

function textOf(family: 4 | 6, w0: number, w1: number, w2: number, w3: number): string {
	return family === 4 ? ipv4Text(w3) : ipv6Text(w0, w1, w2, w3);
}
