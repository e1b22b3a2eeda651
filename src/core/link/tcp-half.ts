import type { Direction, FlowSink } from "../model/flow.js";
import type { Limits } from "../model/limits.js";
import { type Moment, seconds } from "../model/time.js";

/** Settings and sums that all directions share. */
export interface TcpShared {
	limits: Limits;
	/** which copy counts where a retransmission differs: the first (as most receivers do) or the last */
	overlap: "first" | "last";
	/** out-of-order octets held over all flows */
	held: number;
	/** histories in use: memory of what was delivered, to tell retransmissions that differ */
	histories: number;
}

interface Piece {
	seq: number;
	data: Buffer;
	/** octets after `data` that the snap length cut off */
	cut: number;
}

/** Seconds of capture time after which a hole is given up (section 2, rule 5). */
const PATIENCE = 2;
const HISTORY = 4096;
const MOST_HISTORIES = 4096;

/** One direction of a TCP connection: puts segments in order (RFC 9293 §3.4 arithmetic, modulo 2^32). */
export class TcpHalf {
	readonly #shared: TcpShared;
	/** next sequence number to deliver; meaningful once `started` */
	next = 0;
	started = false;
	/** initial sequence number when a SYN was seen */
	isn: number | undefined = undefined;
	/** sequence number after the last octet, once a FIN was seen */
	#fin: number | undefined;
	/** highest acknowledgement from the other side */
	#acked: number | undefined;
	#pieces: Piece[] = [];
	#held = 0;
	#holeSince = 0;
	#history: Buffer | undefined;
	#delivered = 0;
	/** value of #delivered from which on the history is whole */
	#rememberedFrom = 0;
	closed = false;

	constructor(shared: TcpShared) {
		this.#shared = shared;
	}

	syn(seq: number): void {
		this.isn = seq;
		this.next = (seq + 1) >>> 0;
		this.started = true;
	}

	/** A segment's octets buf[start, end) at `seq`; `cut` more were on the wire but not captured. */
	data(sink: FlowSink, dir: Direction, seq: number, buf: Buffer, start: number, end: number, cut: number, at: Moment): void {
		if (!this.started) {
			this.started = true;
			this.next = seq;
		}
		const ahead = (seq - this.next) | 0;
		if (ahead === 0 && this.#pieces.length === 0) {
			this.#deliver(sink, dir, buf, start, end, cut, at);
			return;
		}
		if (ahead > 0) {
			if (!sink.interested(dir)) {
				this.next = (seq + (end - start) + cut) >>> 0;
				return;
			}
			this.#hold(sink, dir, seq, buf, start, end, cut, at);
			this.#checkHole(sink, dir, at);
			return;
		}
		this.#overlapping(sink, dir, -ahead, buf, start, end, cut, at);
		this.#drain(sink, dir, at);
	}

	/** The other side acknowledged everything before `ack`. */
	ack(sink: FlowSink, dir: Direction, ack: number, at: Moment): void {
		if (this.#acked === undefined || ((ack - this.#acked) | 0) > 0) this.#acked = ack;
		if (this.#pieces.length > 0) this.#checkHole(sink, dir, at);
	}

	fin(sink: FlowSink, dir: Direction, seq: number, at: Moment): void {
		this.#fin ??= seq;
		this.#checkFin(sink, dir, at);
	}

	/** No more packets come: what is held is handed on, holes marked. */
	flush(sink: FlowSink, dir: Direction, at: Moment): void {
		while (this.#pieces.length > 0 && !this.closed) this.#skipHole(sink, dir, at, "the capture ends");
	}

	/** Forgets what is held. */
	drop(): void {
		this.#shared.held -= this.#held;
		this.#held = 0;
		this.#pieces = [];
		if (this.#history !== undefined) {
			this.#history = undefined;
			this.#shared.histories--;
		}
	}

	/** A probe below the window or an octet of it that was delivered: a keep-alive (RFC 1122 §4.2.3.6). */
	isKeepAlive(seq: number, length: number): boolean {
		return this.started && length <= 1 && ((seq - this.next) | 0) === -1 && this.#delivered > 0;
	}

	#deliver(sink: FlowSink, dir: Direction, buf: Buffer, start: number, end: number, cut: number, at: Moment): void {
		const size = end - start;
		if (size > 0) {
			this.next = (this.next + size) >>> 0;
			this.#delivered += size;
			if (sink.interested(dir)) {
				this.#remember(buf, start, end);
				sink.data(dir, buf, start, end, at);
			}
		}
		if (cut > 0) {
			this.next = (this.next + cut) >>> 0;
			this.#rememberedFrom = this.#delivered;
			sink.problem(dir, "tcp.snaplen-cut", `${cut} octets were not captured`, at);
			sink.gap(dir, cut, at);
		}
		this.#checkFin(sink, dir, at);
	}

	/** A segment that begins before `next`, by `old` octets. */
	#overlapping(sink: FlowSink, dir: Direction, old: number, buf: Buffer, start: number, end: number, cut: number, at: Moment): void {
		const size = end - start;
		const known = Math.min(old, size);
		if (known > 0 && sink.interested(dir) && this.#differs(old, buf, start, known)) {
			sink.problem(dir, "tcp.overlap-conflict", `${known} octets sent again with other content; the first copy counts`, at);
		}
		if (size > old) this.#deliver(sink, dir, buf, start + old, end, cut, at);
		else if (size + cut > old) this.#deliver(sink, dir, buf, end, end, size + cut - old, at);
	}

	#hold(sink: FlowSink, dir: Direction, seq: number, buf: Buffer, start: number, end: number, cut: number, at: Moment): void {
		const { limits } = this.#shared;
		if (this.#pieces.length === 0) this.#holeSince = seconds(at);
		const data = Buffer.from(buf.subarray(start, end));
		let place = this.#pieces.length;
		while (place > 0 && ((seq - this.#pieces[place - 1]!.seq) | 0) < 0) place--;
		const before = this.#pieces[place - 1];
		if (before !== undefined && before.seq === seq) {
			const common = Math.min(before.data.length, data.length);
			if (before.data.compare(data, 0, common, 0, common) !== 0) {
				sink.problem(
					dir,
					"tcp.overlap-conflict",
					`${common} octets sent again with other content; the ${this.#shared.overlap} copy counts`,
					at,
				);
				if (this.#shared.overlap === "last") data.copy(before.data, 0, 0, common);
			}
			if (before.data.length + before.cut >= data.length + cut) return;
		}
		this.#pieces.splice(place, 0, { seq, data, cut });
		this.#held += data.length;
		this.#shared.held += data.length;
		if (
			this.#held > limits.tcpReorderBytes ||
			this.#pieces.length > limits.tcpReorderSegments ||
			this.#shared.held > limits.tcpReorderTotal
		) {
			this.#skipHole(sink, dir, at, "too much is held behind it");
		}
	}

	/** Gives up the hole before the first piece when the receiver had those octets, or when waiting is over. */
	#checkHole(sink: FlowSink, dir: Direction, at: Moment): void {
		while (this.#pieces.length > 0 && !this.closed) {
			const first = this.#pieces[0]!;
			if (this.#acked !== undefined && ((this.#acked - first.seq) | 0) >= 0)
				this.#skipHole(sink, dir, at, "the receiver acknowledged them");
			else if (seconds(at) - this.#holeSince > PATIENCE) this.#skipHole(sink, dir, at, "they never came");
			else return;
		}
	}

	#skipHole(sink: FlowSink, dir: Direction, at: Moment, why: string): void {
		const first = this.#pieces[0];
		if (first === undefined) return;
		const missing = (first.seq - this.next) | 0;
		if (missing > 0) {
			sink.problem(dir, "tcp.gap", `${missing} octets are missing: ${why}`, at);
			sink.gap(dir, missing, at);
			this.next = first.seq;
			this.#rememberedFrom = this.#delivered;
		}
		this.#drain(sink, dir, at);
		this.#holeSince = seconds(at);
	}

	/** Delivers what has become contiguous. */
	#drain(sink: FlowSink, dir: Direction, at: Moment): void {
		let count = 0;
		while (count < this.#pieces.length && !this.closed) {
			const { seq, data, cut } = this.#pieces[count]!;
			const old = (this.next - seq) | 0;
			if (old < 0) break;
			count++;
			this.#held -= data.length;
			this.#shared.held -= data.length;
			if (old === 0) this.#deliver(sink, dir, data, 0, data.length, cut, at);
			else this.#overlapping(sink, dir, old, data, 0, data.length, cut, at);
		}
		if (count > 0) this.#pieces.splice(0, count);
	}

	#checkFin(sink: FlowSink, dir: Direction, at: Moment): void {
		if (this.#fin === undefined || this.closed || ((this.next - this.#fin) | 0) < 0) return;
		this.closed = true;
		sink.close(dir, "fin", at);
	}

	/** Keeps the last octets delivered, in a ring by stream position. */
	#remember(buf: Buffer, start: number, end: number): void {
		if (this.#history === undefined) {
			if (this.#shared.histories >= MOST_HISTORIES) return;
			this.#shared.histories++;
			this.#history = Buffer.allocUnsafeSlow(HISTORY);
			this.#rememberedFrom = this.#delivered - (end - start);
		}
		const from = Math.max(start, end - HISTORY);
		const position = (this.#delivered - (end - from)) % HISTORY;
		const first = Math.min(end - from, HISTORY - position);
		buf.copy(this.#history, position, from, from + first);
		if (from + first < end) buf.copy(this.#history, 0, from + first, end);
	}

	/** The `known` octets at buf[start] were sent before, `old` octets ago, with other content (as far as is remembered). */
	#differs(old: number, buf: Buffer, start: number, known: number): boolean {
		const history = this.#history;
		if (history === undefined || old > HISTORY || old > this.#delivered - this.#rememberedFrom) return false;
		let position = (this.#delivered - old) % HISTORY;
		for (let i = start; i < start + known; i++) {
			if (history[position] !== buf[i]) return true;
			position = position + 1 === HISTORY ? 0 : position + 1;
		}
		return false;
	}
}
