import { ClauseTable, type ClauseTableOptions } from "../../../src/core/checks/clauses/table.js";
import type { Finding } from "../../../src/core/checks/clauses/types.js";
import { type Flow, type FlowSink, type Moment, Pipeline } from "../../../src/index.js";

export const S0 = "sip:sess-7f3a@focus.im.example.com";
export const S = `${S0};isfocus`;
export const G = "sip:kitesurf@im.example.com";
export const F = "sip:conf-factory@im.example.com";
export const X = "sip:b2b-91c0@203.0.113.9:5071";
export const uri = (user: string): string => `sip:${user}@example.com`;
export const ROSTER = ["alice", "bob", "carol", "mallory"].map(uri);

export interface JoinOptions {
	/** Contact of the focus on the server's leg */
	contact?: string;
	/** Contact of the focus on the client's leg, when a box rewrites it; both legs are then seen */
	clientContact?: string;
	dialled?: string;
	server?: string;
	chatroom?: boolean;
	/** SIP From of the user */
	from?: string;
	/** further header lines of the INVITE */
	more?: string[];
	accept?: { server?: string; client?: string };
}

export interface SendOptions {
	type?: string;
	/** further MSRP header lines, before Content-Type */
	headers?: string[];
	/** octets after which a new chunk begins */
	cuts?: number[];
	id?: string;
	/** without Byte-Range in later chunks */
	bare?: boolean;
	drop?: number;
}

/** A conference and its members as real octets through the pipeline, with a clause table that is fed as they come out. */
export class Room {
	readonly table: ClauseTable;
	readonly pipeline: Pipeline;
	readonly members: Member[] = [];
	#flows = 0;
	#now = 1000;

	constructor(options: ClauseTableOptions = {}) {
		const given = { roster: ROSTER, ...options.given };
		this.table = new ClauseTable({ ...options, given });
		const { level, rules } = options;
		this.pipeline = new Pipeline({
			classify: { given, ...(level === undefined ? {} : { level }), ...(rules === undefined ? {} : { rules }) },
			onEntry: (entry) => this.table.entry(entry),
			onLate: (entry, problem) => this.table.late(entry, problem),
		});
	}

	at(): Moment {
		this.#now += 0.01;
		return { sec: Math.floor(this.#now), nsec: Math.round((this.#now % 1) * 1e9), packet: 1 };
	}

	wait(seconds: number): void {
		this.#now += seconds;
		this.pipeline.advance(this.at());
	}

	flow(from: string, to: string): Wire {
		const split = (text: string) => ({
			address: text.slice(0, text.lastIndexOf(":")),
			port: Number(text.slice(text.lastIndexOf(":") + 1)),
		});
		const flow: Flow = {
			id: ++this.#flows,
			transport: "tcp",
			a: split(from),
			b: split(to),
			openerKnown: true,
			midStream: false,
			tunnels: [],
			began: this.at(),
		};
		return new Wire(this, this.pipeline.openFlow(flow));
	}

	join(user: string, options: JoinOptions = {}): Member {
		const member = new Member(this, user, this.members.length + 1, options);
		this.members.push(member);
		return member;
	}

	/** A call between two users; the client under test is `user`. */
	static oneToOne(options: ClauseTableOptions = {}): { room: Room; bob: Member } {
		const room = new Room(options);
		const bob = room.join("bob", { contact: "<sip:alice@192.0.2.77>", dialled: uri("alice"), server: "Phone/1.0", chatroom: false });
		return { room, bob };
	}

	/** Closes every connection and the input. */
	over(): this {
		for (const { media } of this.members) media.close();
		this.pipeline.finish();
		this.table.finish();
		return this;
	}

	/** Results of one check, in the order they were said: "violation", "pass", … with how many of each. */
	counts(check: string): Record<string, number> {
		const counts: Record<string, number> = { ...this.table.total.get(check)?.counts };
		return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
	}

	first(check: string, result: Finding["result"]): Finding | undefined {
		return this.table.total.get(check)?.findings.find((finding) => finding.result === result);
	}
}

export class Wire {
	constructor(
		readonly room: Room,
		readonly sink: FlowSink,
	) {}

	send(side: "a" | "b", text: string | Buffer): this {
		const buf = typeof text === "string" ? Buffer.from(text) : text;
		this.sink.data(side === "a" ? 0 : 1, buf, 0, buf.length, this.room.at());
		return this;
	}

	close(): void {
		this.sink.close(0, "fin", this.room.at());
		this.sink.close(1, "fin", this.room.at());
	}
}

export class Member {
	readonly media: Wire;
	readonly signalling: Wire;
	readonly focusPath: string;
	readonly path: string;
	#count = 0;
	#last = { id: "", tid: "", size: 0, toClient: true };

	constructor(
		readonly room: Room,
		readonly user: string,
		readonly number: number,
		options: JoinOptions,
	) {
		const { contact = `<${S}>;isfocus`, clientContact, dialled = F, server = "IM-serv/OMA2.0 ExampleFocus/1.4", chatroom = true } = options;
		const { from = `<${uri(user)}>`, more = [], accept = {} } = options;
		this.focusPath = `msrp://focus.im.example.com:2855/s${number}aB0b;tcp`;
		this.path = `msrp://ue-${user}.example.com:7654/k${number}j9s2x0;tcp`;
		const address = `192.0.2.${40 + number}`;
		this.signalling = room.flow(`${address}:5060`, clientContact === undefined ? "198.51.100.20:5060" : "203.0.113.9:5071");
		const far = clientContact === undefined ? undefined : room.flow(`203.0.113.9:${40000 + number}`, "198.51.100.20:5060");
		const via = `SIP/2.0/TCP ${address}:5060;branch=z9hG4bK${number}74bf9`;
		const vias = [`SIP/2.0/TCP 203.0.113.9:5071;branch=z9hG4bKalg${number}`, via];
		const common = [`From: ${from};tag=9fx`, `Call-ID: c${number}@ue-${user}`, "CSeq: 1 INVITE"];
		const invite = (list: string[]) =>
			sip(
				`INVITE ${dialled} SIP/2.0`,
				[
					...list.map((item) => `Via: ${item}`),
					"Max-Forwards: 70",
					`To: <${dialled}>`,
					...common,
					`Contact: <sip:${user}@${address}:5060>`,
					...more,
				],
				sdp(this.path, 7654, "active", false, accept.client),
			);
		const answer = (list: string[], value: string) =>
			sip(
				"SIP/2.0 200 OK",
				[...list.map((item) => `Via: ${item}`), `To: <${dialled}>;tag=832`, ...common, `Contact: ${value}`, `Server: ${server}`],
				sdp(this.focusPath, 2855, "passive", chatroom, accept.server),
			);
		this.signalling.send("a", invite([via]));
		far?.send("a", invite(vias)).send("b", answer(vias, contact));
		this.signalling.send("b", answer([via], clientContact ?? contact));
		this.media = room.flow(`${address}:7654`, "198.51.100.20:2855");
	}

	/** A content to the client, in one SEND or in chunks. */
	receive(body: string, options: SendOptions = {}): this {
		return this.#send(body, true, options);
	}

	/** A content from the client. */
	say(body: string, options: SendOptions = {}): this {
		return this.#send(body, false, options);
	}

	/** Any octets on the MSRP connection. */
	raw(text: string, toClient: boolean): this {
		this.media.send(toClient ? "b" : "a", text);
		return this;
	}

	/** The other end answers the last SEND. */
	answer(status: number, comment = "OK"): this {
		const { tid, toClient } = this.#last;
		const [to, from] = toClient ? [this.focusPath, this.path] : [this.path, this.focusPath];
		return this.raw(`MSRP ${tid} ${status} ${comment}\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\n-------${tid}$\r\n`, !toClient);
	}

	/** The other end reports on the last SEND. */
	report(range?: string, status = "000 200 OK"): this {
		const { id, toClient, size } = this.#last;
		const [to, from] = toClient ? [this.focusPath, this.path] : [this.path, this.focusPath];
		const tid = `rep${++this.#count}x`;
		return this.raw(
			`MSRP ${tid} REPORT\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\nMessage-ID: ${id}\r\nByte-Range: ${range ?? `1-${size}/${size}`}\r\nStatus: ${status}\r\n-------${tid}$\r\n`,
			!toClient,
		);
	}

	/** NOTIFY of the conference package in a dialog of its own. */
	notify(users: { entity: string; more?: string }[], entity = S): this {
		const xml = `<?xml version="1.0" encoding="UTF-8"?>\r\n<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" entity="${entity}" state="full" version="1"><users>${users
			.map((user) => `<user entity="${user.entity}" state="full"${user.more ?? ""}/>`)
			.join("")}</users></conference-info>`;
		const lines = [
			`Via: SIP/2.0/TCP 198.51.100.20:5060;branch=z9hG4bKn${this.number}${++this.#count}`,
			"Max-Forwards: 70",
			`From: <${entity}>;tag=f${this.number}`,
			`To: <${uri(this.user)}>;tag=t${this.number}`,
			`Call-ID: sub${this.number}`,
			`CSeq: ${this.#count} NOTIFY`,
			`Contact: <${S}>;isfocus`,
			"Event: conference",
			"Subscription-State: active",
		];
		this.signalling.send("b", sip(`NOTIFY ${uri(this.user)} SIP/2.0`, lines, xml, "application/conference-info+xml"));
		return this;
	}

	#send(body: string, toClient: boolean, options: SendOptions): this {
		const { type = "message/cpim", headers = [], cuts = [], bare = false, drop } = options;
		const id = options.id ?? `m-${this.user}${++this.#count}`;
		const octets = Buffer.from(body);
		const [to, from] = toClient ? [this.path, this.focusPath] : [this.focusPath, this.path];
		const edges = [0, ...cuts, octets.length];
		for (let at = 0; at + 1 < edges.length; at++) {
			const tid = `t${this.number}x${++this.#count}abcd`;
			this.#last = { id, tid, size: octets.length, toClient };
			if (at === drop) continue;
			const piece = octets.subarray(edges[at], edges[at + 1]).toString("latin1");
			const range = bare && at > 0 ? [] : [`Byte-Range: ${edges[at]! + 1}-${edges[at + 1]}/${octets.length}`];
			const lines = [`MSRP ${tid} SEND`, `To-Path: ${to}`, `From-Path: ${from}`, `Message-ID: ${id}`, ...range, ...headers];
			if (type !== "") lines.push(`Content-Type: ${type}`);
			const flag = at + 2 === edges.length ? "$" : "+";
			this.media.send(toClient ? "b" : "a", Buffer.from(`${lines.join("\r\n")}\r\n\r\n${piece}\r\n-------${tid}${flag}\r\n`, "latin1"));
		}
		return this;
	}
}

/** CPIM with these addresses; `to` may be several. */
export function cpim(
	from: string,
	to: string | string[],
	options: { rows?: string[]; type?: string; mime?: string[]; text?: string } = {},
): string {
	const { rows = ["DateTime: 2026-03-02T15:02:31Z"], type = "text/plain;charset=utf-8", mime = [], text = "hello" } = options;
	const list = typeof to === "string" ? [to] : to;
	const head = [`From: <${from}>`, ...list.map((one) => `To: <${one}>`), ...rows];
	return `${head.join("\r\n")}\r\n\r\n${[`Content-Type: ${type}`, ...mime].join("\r\n")}\r\n\r\n${text}`;
}

export function sip(start: string, headers: string[], body: string, type = "application/sdp"): string {
	return `${start}\r\n${headers.join("\r\n")}\r\nContent-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}

function sdp(path: string, port: number, setup: string, chatroom: boolean, accept = "message/cpim\r\na=accept-wrapped-types:*"): string {
	const host = path.split("/")[2]!.split(":")[0];
	return `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=message ${port} TCP/MSRP *\r\na=accept-types:${accept}\r\na=setup:${setup}\r\na=path:${path}\r\n${chatroom ? "a=chatroom:private-messages\r\n" : ""}`;
}
