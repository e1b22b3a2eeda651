import type { Carrier, Entry, EntryLinks, MsrpEntry, Payload, SipEntry } from "../../src/core/model/entry.js";
import type { Direction, Endpoint, Flow } from "../../src/core/model/flow.js";
import { DEFAULT_LIMITS, type Limits } from "../../src/core/model/limits.js";
import type { DiagnosticId } from "../../src/core/model/problem.js";
import type { Moment } from "../../src/core/model/time.js";
import { type CpimMessage, parseCpim } from "../../src/core/protocols/cpim/index.js";
import { decodeMsrpMessage, MsrpAssembler } from "../../src/core/protocols/msrp/index.js";
import { parseSdp } from "../../src/core/protocols/sdp/index.js";
import { decodeSipDatagram } from "../../src/core/protocols/sip/index.js";
import { type Late, SessionTables } from "../../src/core/session/index.js";

/** "192.0.2.1:5060" */
function endpoint(text: string): Endpoint {
	const colon = text.lastIndexOf(":");
	return { address: text.slice(0, colon), port: Number(text.slice(colon + 1)) };
}

/** What the pipeline decodes of a content, writable. */
interface Decoded {
	cpim?: CpimMessage;
	cpimBytes?: Buffer;
	payload?: Payload;
}

export interface FlowOptions {
	transport?: "udp" | "tcp";
	over?: Carrier;
	openerKnown?: boolean;
	midStream?: boolean;
	/** seconds when it was opened; default now */
	began?: number;
	leg?: "client" | "server";
}

/** Feeds real SIP and MSRP text to session tables and keeps what comes out. */
export class Scene {
	readonly tables: SessionTables;
	readonly entries: Entry[] = [];
	readonly late: Late[] = [];
	readonly #flows = new Map<string, Flow>();
	readonly #assemblers = new Map<string, MsrpAssembler>();
	/** seconds */
	now = 1000;

	constructor(limits: Partial<Limits> = {}) {
		this.tables = new SessionTables({ ...DEFAULT_LIMITS, ...limits });
	}

	/** The flow between two addresses; the first use opens it from `from`. */
	flow(from: string, to: string, options: FlowOptions = {}): { flow: Flow; dir: Direction } {
		const there = this.#flows.get(`${from} ${to}`);
		if (there !== undefined) return { flow: there, dir: 0 };
		const back = this.#flows.get(`${to} ${from}`);
		if (back !== undefined) return { flow: back, dir: 1 };
		const flow: Flow = {
			id: this.#flows.size + 1,
			transport: options.transport ?? "udp",
			a: endpoint(from),
			b: endpoint(to),
			openerKnown: options.openerKnown ?? options.transport === "tcp",
			midStream: options.midStream ?? false,
			tunnels: [],
			began: moment(options.began ?? this.now),
		};
		if (options.leg !== undefined) flow.leg = options.leg;
		this.#flows.set(`${from} ${to}`, flow);
		return { flow, dir: 0 };
	}

	/** Opens a connection without octets. */
	connect(from: string, to: string): Flow {
		const { flow } = this.flow(from, to, { transport: "tcp" });
		this.tables.openFlow(flow);
		return flow;
	}

	close(from: string, to: string): void {
		const { flow } = this.flow(from, to);
		this.late.push(...this.tables.closeFlow(flow, "fin", moment(this.now)));
	}

	/** One SIP message; lines, then an empty line and the body if there is one. Content-Length is added. */
	sip(from: string, to: string, text: string, options: FlowOptions = {}): SipEntry {
		const { flow, dir } = this.flow(from, to, options);
		const octets = Buffer.from(wire(text), "utf8");
		const sip = decodeSipDatagram(octets, 0, octets.length, options.over ?? flow.transport, DEFAULT_LIMITS);
		if (sip === undefined) throw new Error(`no SIP message: ${text.slice(0, 60)}`);
		const entry: SipEntry = { ...this.#base(flow, dir, options.over ?? flow.transport, octets.length), protocol: "sip", sip };
		const type = sip.get("content-type");
		const start = sip.start + sip.bodyOffset;
		if (type === "application/sdp") entry.sdp = parseSdp(sip.bytes, start, start + sip.bodyKept);
		if (type === "message/cpim") this.#cpim(entry, sip.bytes.subarray(start, start + sip.bodyKept));
		this.#give(entry);
		return entry;
	}

	/** One MSRP frame. */
	msrp(from: string, to: string, text: string, options: FlowOptions = {}): MsrpEntry {
		const { flow, dir } = this.flow(from, to, { transport: "tcp", over: "tcp", ...options });
		const octets = Buffer.from(text.replace(/^\n/, "").replaceAll("\n", "\r\n"), "utf8");
		const { frame } = decodeMsrpMessage(octets, 0, octets.length);
		if (frame === undefined) throw new Error(`no MSRP frame: ${text.slice(0, 60)}`);
		const entry: MsrpEntry = { ...this.#base(flow, dir, options.over ?? "tcp", octets.length), protocol: "msrp", msrp: frame };
		const key = `${flow.id} ${dir}`;
		const assembler = this.#assemblers.get(key) ?? new MsrpAssembler();
		this.#assemblers.set(key, assembler);
		const assembly = assembler.add(frame);
		if (assembly !== undefined) {
			entry.message = assembly.message;
			if (assembly.completed && frame.contentType === "message/cpim") this.#cpim(entry, assembly.message.content);
		}
		this.#give(entry);
		return entry;
	}

	#cpim(given: SipEntry | MsrpEntry, octets: Buffer): void {
		const entry = given as Decoded;
		entry.cpim = parseCpim(octets, 0, octets.length, true);
		entry.cpimBytes = octets;
		const content = octets.toString("utf8", entry.cpim.contentStart, entry.cpim.contentEnd);
		const id = /<message-id>([^<]*)</.exec(content)?.[1];
		if (entry.cpim.contentType === "message/imdn+xml" && id !== undefined) {
			entry.payload = { kind: "imdn", messageId: id, notification: "delivery", status: "delivered" };
		} else entry.payload = { kind: "text", text: content };
	}

	/** Something other than a message on a connection. */
	event(from: string, to: string, protocol: "tls" | "unparsed" | "tcp" | "keepalive", text = ""): void {
		const { flow, dir } = this.flow(from, to, { transport: "tcp" });
		this.#give({ ...this.#base(flow, dir, "tcp", 0), protocol, text });
	}

	/** Lets time pass. */
	wait(seconds: number): void {
		this.now += seconds;
		this.late.push(...this.tables.advance(moment(this.now)));
	}

	#base(flow: Flow, dir: Direction, over: Carrier, length: number) {
		const links: EntryLinks = {};
		return {
			number: this.entries.length + 1,
			at: moment(this.now),
			began: moment(this.now),
			flow,
			dir,
			from: dir === 0 ? flow.a : flow.b,
			to: dir === 0 ? flow.b : flow.a,
			over,
			offset: 0,
			length,
			problems: [],
			links,
		};
	}

	#give(entry: Entry): void {
		this.entries.push(entry);
		this.late.push(...this.tables.entry(entry));
		this.now += 0.01;
	}

	/** "entry id detail" of every finding of the tables, late ones marked with "late". */
	findings(): string[] {
		const now = this.entries.flatMap((entry) => entry.problems.map(({ id, detail }) => `${entry.number} ${id}: ${detail}`));
		return [...now, ...this.late.map(({ entry, problem }) => `late ${entry} ${problem.id}: ${problem.detail}`)];
	}

	/** The same without retransmission notes and details: "entry id". */
	ids(): string[] {
		return this.findings()
			.filter((line) => !line.includes(" sip.retransmission:"))
			.map((line) => line.replace(/:.*$/s, ""));
	}
}

export function ids(entry: Entry): DiagnosticId[] {
	return entry.problems.map((problem) => problem.id);
}

function moment(seconds: number): Moment {
	return { sec: Math.floor(seconds), nsec: Math.round((seconds % 1) * 1e9), packet: 0 };
}

/** CRLF, Content-Length, and no leading line feed. */
function wire(text: string): string {
	const lines = text.replace(/^\n/, "");
	const empty = lines.indexOf("\n\n");
	const head = (empty < 0 ? lines : lines.slice(0, empty)).trimEnd().replaceAll("\n", "\r\n");
	const body = empty < 0 ? "" : lines.slice(empty + 2).replaceAll("\n", "\r\n");
	return `${head}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

/** What a request or response is made of; every part has a default that is right for an INVITE of Alice to Bob. */
export interface Parts {
	branch?: string;
	via?: string;
	fromTag?: string;
	toTag?: string;
	callId?: string;
	cseq?: string;
	contact?: string;
	from?: string;
	to?: string;
	/** further header lines */
	more?: string;
	/** SDP */
	sdp?: string;
}

function head(start: string, cseqMethod: string, parts: Parts): string {
	const lines = [
		start,
		`Via: ${parts.via ?? `SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK${parts.branch ?? "1"}`}`,
		`From: ${parts.from ?? "<sip:alice@example.com>"};tag=${parts.fromTag ?? "a"}`,
		`To: ${parts.to ?? "<sip:bob@example.com>"}${parts.toTag === undefined ? "" : `;tag=${parts.toTag}`}`,
		`Call-ID: ${parts.callId ?? "call-1"}`,
		`CSeq: ${parts.cseq ?? `1 ${cseqMethod}`}`,
	];
	if (parts.contact !== undefined) lines.push(`Contact: ${parts.contact}`);
	if (parts.more !== undefined) lines.push(parts.more);
	if (parts.sdp === undefined) return lines.join("\n");
	return `${[...lines, "Content-Type: application/sdp"].join("\n")}\n\n${parts.sdp.replace(/^\n/, "")}`;
}

export function request(method: string, uri: string, parts: Parts = {}): string {
	return head(`${method} ${uri} SIP/2.0`, method, { more: "Max-Forwards: 70", ...parts });
}

export function response(status: number, method: string, parts: Parts = {}): string {
	return head(`SIP/2.0 ${status} Status`, method, parts);
}

/** An SDP with one m=message line. */
export function msrpSdp(
	path: string,
	options: { version?: number; more?: string; port?: number; address?: string; id?: string; types?: string } = {},
): string {
	const own = /([^/:]+):(\d+)\/[^ ]*$/.exec(path)!;
	return `v=0
o=- ${options.id ?? own[1]} ${options.version ?? 1} IN IP4 ${own[1]}
s=-
c=IN IP4 ${options.address ?? own[1]}
t=0 0
m=message ${options.port ?? own[2]} TCP/MSRP *
a=accept-types:${options.types ?? "*"}
a=path:${path}
${options.more === undefined ? "" : `${options.more}\n`}`;
}

/** One MSRP SEND with a body, or without when `body` is undefined. */
export function send(
	tid: string,
	to: string,
	from: string,
	parts: { id?: string; body?: string; type?: string; range?: string; flag?: string; more?: string } = {},
): string {
	const { id = "msg1", body, type = "text/plain", flag = "$", more } = parts;
	const lines = [`MSRP ${tid} SEND`, `To-Path: ${to}`, `From-Path: ${from}`, `Message-ID: ${id}`];
	if (more !== undefined) lines.push(more);
	if (body === undefined) return `${lines.join("\n")}\n-------${tid}${flag}\n`;
	const size = Buffer.byteLength(body.replaceAll("\n", "\r\n"));
	lines.push(`Byte-Range: ${parts.range ?? `1-${size}/${size}`}`, `Content-Type: ${type}`, "", body);
	return `${lines.join("\n")}\n-------${tid}${flag}\n`;
}

export function msrpOk(tid: string, to: string, from: string): string {
	return `MSRP ${tid} 200 OK\nTo-Path: ${to}\nFrom-Path: ${from}\n-------${tid}$\n`;
}

export function report(tid: string, to: string, from: string, id: string, range: string): string {
	return `MSRP ${tid} REPORT\nTo-Path: ${to}\nFrom-Path: ${from}\nMessage-ID: ${id}\nByte-Range: ${range}\nStatus: 000 200 OK\n-------${tid}$\n`;
}
