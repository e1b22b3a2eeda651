import type { Flow, FlowSink } from "../model/flow.js";
import type { TcpHalf } from "./tcp-half.js";

/** Address words of a packet: IPv4 in word 3 with words 0 to 2 zero, IPv6 in all four. Reused, never kept. */
export interface Ends {
	family: 4 | 6;
	s0: number;
	s1: number;
	s2: number;
	s3: number;
	d0: number;
	d1: number;
	d2: number;
	d3: number;
	sport: number;
	dport: number;
	/** 6 TCP, 17 UDP, 0 exported PDU */
	protocol: number;
	/** number of the tunnel chain, 0: none */
	tunnel: number;
}

/** One conversation. Side a is who sent the first packet, until a SYN-ACK says otherwise (`swapped`). */
export class FlowRecord {
	hash = 0;
	next: FlowRecord | undefined = undefined;
	older: FlowRecord | undefined = undefined;
	newer: FlowRecord | undefined = undefined;
	family: 4 | 6 = 4;
	a0 = 0;
	a1 = 0;
	a2 = 0;
	a3 = 0;
	b0 = 0;
	b1 = 0;
	b2 = 0;
	b3 = 0;
	aport = 0;
	bport = 0;
	protocol = 0;
	tunnel = 0;
	/** seconds of capture time of the last packet */
	lastSeen = 0;
	/** direction 0 of the flow is b to a */
	swapped = false;
	flow: Flow | undefined = undefined;
	/** undefined once the flow is over */
	sink: FlowSink | undefined = undefined;
	halves: [TcpHalf, TcpHalf] | undefined = undefined;
	over = false;
}

/** Flows by the numbers of their ends, no strings: chained hashing, and a list by last use. */
export class FlowTable {
	#heads: (FlowRecord | undefined)[] = new Array(1024).fill(undefined);
	#mask = 1023;
	size = 0;
	/** least recently used first */
	oldest: FlowRecord | undefined;
	#newest: FlowRecord | undefined;

	find(ends: Ends): FlowRecord | undefined {
		const hash = hashOf(ends);
		for (let record = this.#heads[hash & this.#mask]; record !== undefined; record = record.next) {
			if (record.hash === hash && (forward(record, ends) || backward(record, ends))) return record;
		}
		return undefined;
	}

	add(ends: Ends): FlowRecord {
		if (this.size > this.#mask) this.#grow();
		const record = new FlowRecord();
		record.hash = hashOf(ends);
		record.family = ends.family;
		record.a0 = ends.s0;
		record.a1 = ends.s1;
		record.a2 = ends.s2;
		record.a3 = ends.s3;
		record.b0 = ends.d0;
		record.b1 = ends.d1;
		record.b2 = ends.d2;
		record.b3 = ends.d3;
		record.aport = ends.sport;
		record.bport = ends.dport;
		record.protocol = ends.protocol;
		record.tunnel = ends.tunnel;
		const slot = record.hash & this.#mask;
		record.next = this.#heads[slot];
		this.#heads[slot] = record;
		this.size++;
		this.#append(record);
		return record;
	}

	remove(record: FlowRecord): void {
		const slot = record.hash & this.#mask;
		let at = this.#heads[slot];
		if (at === record) this.#heads[slot] = record.next;
		else {
			while (at !== undefined && at.next !== record) at = at.next;
			if (at === undefined) return;
			at.next = record.next;
		}
		this.#unlink(record);
		this.size--;
	}

	/** Marks a record as used now. */
	touch(record: FlowRecord): void {
		if (record === this.#newest) return;
		this.#unlink(record);
		this.#append(record);
	}

	#append(record: FlowRecord): void {
		record.older = this.#newest;
		record.newer = undefined;
		if (this.#newest === undefined) this.oldest = record;
		else this.#newest.newer = record;
		this.#newest = record;
	}

	#unlink(record: FlowRecord): void {
		if (record.older === undefined) this.oldest = record.newer;
		else record.older.newer = record.newer;
		if (record.newer === undefined) this.#newest = record.older;
		else record.newer.older = record.older;
	}

	#grow(): void {
		const old = this.#heads;
		const size = old.length * 2;
		const heads: (FlowRecord | undefined)[] = new Array(size).fill(undefined);
		const mask = size - 1;
		for (let head of old) {
			while (head !== undefined) {
				const next: FlowRecord | undefined = head.next;
				const slot = head.hash & mask;
				head.next = heads[slot];
				heads[slot] = head;
				head = next;
			}
		}
		this.#heads = heads;
		this.#mask = mask;
	}
}

/** The packet goes from side a to side b of the record. */
export function forward(record: FlowRecord, ends: Ends): boolean {
	return (
		record.a3 === ends.s3 &&
		record.b3 === ends.d3 &&
		record.aport === ends.sport &&
		record.bport === ends.dport &&
		record.protocol === ends.protocol &&
		record.family === ends.family &&
		record.tunnel === ends.tunnel &&
		(ends.family === 4 ||
			(record.a0 === ends.s0 &&
				record.a1 === ends.s1 &&
				record.a2 === ends.s2 &&
				record.b0 === ends.d0 &&
				record.b1 === ends.d1 &&
				record.b2 === ends.d2))
	);
}

function backward(record: FlowRecord, ends: Ends): boolean {
	return (
		record.a3 === ends.d3 &&
		record.b3 === ends.s3 &&
		record.aport === ends.dport &&
		record.bport === ends.sport &&
		record.protocol === ends.protocol &&
		record.family === ends.family &&
		record.tunnel === ends.tunnel &&
		(ends.family === 4 ||
			(record.a0 === ends.d0 &&
				record.a1 === ends.d1 &&
				record.a2 === ends.d2 &&
				record.b0 === ends.s0 &&
				record.b1 === ends.s1 &&
				record.b2 === ends.s2))
	);
}

/** The same for both directions. Mixed well, so that hostile addresses fill no chain on purpose cheaply. */
function hashOf(ends: Ends): number {
	const source = mix(mix(ends.s3, ends.sport), ends.family === 6 ? ends.s0 ^ Math.imul(ends.s1, 31) ^ Math.imul(ends.s2, 17) : 0);
	const target = mix(mix(ends.d3, ends.dport), ends.family === 6 ? ends.d0 ^ Math.imul(ends.d1, 31) ^ Math.imul(ends.d2, 17) : 0);
	return mix((source ^ target) + source + target, ends.protocol + (ends.tunnel << 8)) & 0x3fffffff;
}

function mix(a: number, b: number): number {
	let h = Math.imul(a ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(b + 0x7f4a7c15, 0xc2b2ae35);
	h ^= h >>> 15;
	h = Math.imul(h, 0x27d4eb2f);
	return h ^ (h >>> 13);
}
