import type { Carrier, Entry } from "../model/entry.js";
import type { Flow } from "../model/flow.js";
import { JsonWriter, memberPrefix } from "./json-writer.js";

const ENTRY = Uint8Array.from(Buffer.from('{"entry":'));
const PROTOCOL = memberPrefix("protocol");
const FRAME = memberPrefix("frame.number");
const EPOCH = memberPrefix("frame.time_epoch");
const BEGAN = memberPrefix("began");
const V4 = [memberPrefix("ip.src"), memberPrefix("ip.dst")] as const;
const V6 = [memberPrefix("ipv6.src"), memberPrefix("ipv6.dst")] as const;
const TCP = [memberPrefix("tcp.srcport"), memberPrefix("tcp.dstport")] as const;
const UDP = [memberPrefix("udp.srcport"), memberPrefix("udp.dstport")] as const;
const FLOW = memberPrefix("flow");
const DIRECTION = memberPrefix("direction");
const CARRIER = memberPrefix("carrier");
const TUNNELS = memberPrefix("tunnels");
const OFFSET = memberPrefix("offset");
const LENGTH = memberPrefix("length");
const SESSION = memberPrefix("session");
const DIALOG = memberPrefix("dialog");
const ANSWERS = memberPrefix("answers");
const REPEATS = memberPrefix("repeats");
const MARK = memberPrefix("mark");
const CHAT = memberPrefix("chat");

interface Block {
	over: Carrier;
	octets: Uint8Array;
}

/** Addresses and ports of a flow's two directions, as JSON: the same on every line of the flow. */
const blocks = new WeakMap<Flow, [Block | undefined, Block | undefined]>();
const scratch = new JsonWriter(1 << 10);

/**
 * The fields of FRAME_FIELDS, written out by hand: they are on every line, and a loop over their definitions
 * took a third of the time of a line. A test holds the two together.
 */
export function writeFrame(out: JsonWriter, entry: Entry): void {
	const { at, began, links } = entry;
	out.raw(ENTRY);
	out.number(entry.number);
	text(out, PROTOCOL, entry.protocol);
	if (at.packet > 0) number(out, FRAME, at.packet);
	out.raw(EPOCH);
	out.epoch(at.sec, at.nsec);
	if (began.nsec !== at.nsec || began.sec !== at.sec) {
		out.raw(BEGAN);
		out.epoch(began.sec, began.nsec);
	}
	out.raw(flowBlock(entry));
	number(out, OFFSET, entry.offset);
	number(out, LENGTH, entry.length);
	if (links.session !== undefined) text(out, SESSION, links.session);
	if (links.dialog !== undefined) text(out, DIALOG, links.dialog);
	if (links.answers !== undefined) number(out, ANSWERS, links.answers);
	if (links.repeats !== undefined) number(out, REPEATS, links.repeats);
	if (entry.marks !== undefined) {
		out.raw(MARK);
		out.strings(entry.marks);
	}
	if (links.chat !== undefined) text(out, CHAT, links.chat);
}

function flowBlock(entry: Entry): Uint8Array {
	const { flow, dir, over } = entry;
	let pair = blocks.get(flow);
	if (pair === undefined) {
		pair = [undefined, undefined];
		blocks.set(flow, pair);
	}
	const known = pair[dir];
	if (known !== undefined && known.over === over) return known.octets;
	writeFlow(scratch, entry);
	const octets = Uint8Array.from(Buffer.from(scratch.text(), "utf8"));
	pair[dir] = { over, octets };
	return octets;
}

function writeFlow(out: JsonWriter, { flow, from, to, dir, over }: Entry): void {
	const addresses = from.address.includes(":") ? V6 : V4;
	text(out, addresses[0], from.address);
	text(out, addresses[1], to.address);
	const ports = flow.transport === "tcp" ? TCP : UDP;
	number(out, ports[0], from.port);
	number(out, ports[1], to.port);
	number(out, FLOW, flow.id);
	number(out, DIRECTION, dir);
	text(out, CARRIER, over);
	if (flow.tunnels.length > 0) {
		out.raw(TUNNELS);
		out.strings(flow.tunnels);
	}
}

function text(out: JsonWriter, prefix: Uint8Array, value: string): void {
	out.raw(prefix);
	out.string(value);
}

function number(out: JsonWriter, prefix: Uint8Array, value: number): void {
	out.raw(prefix);
	out.number(value);
}
