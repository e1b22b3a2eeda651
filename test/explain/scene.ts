import type { GivenFacts } from "../../src/core/classify/knowledge/call.js";
import type { Entry, MsrpEntry } from "../../src/core/model/entry.js";
import { type Connection, Drive, sip } from "../pipeline/drive.js";

/** Bob in an ad-hoc conference, as section 10 of the specification has it. */
export const S0 = "sip:sess-7f3a@focus.im.example.com";
export const S = `${S0};isfocus`;
export const X = "sip:b2b-91c0@203.0.113.9:5071";
export const ALICE = "sip:alice@example.com";
export const BOB = "sip:bob@example.com";

const ROOM_PATH = "msrp://focus.im.example.com:2855/s7f3aB0b;tcp";
const BOB_PATH = "msrp://192.0.2.40:2855/bob1;tcp";

function sdp(path: string): string {
	return `v=0\r\no=- 1 1 IN IP4 192.0.2.40\r\ns=-\r\nc=IN IP4 192.0.2.40\r\nt=0 0\r\nm=message 2855 TCP/MSRP *\r\na=accept-types:message/cpim\r\na=path:${path}\r\n`;
}

export class Scene {
	readonly drive: Drive;
	readonly #client: Connection;
	readonly #chat: Connection;
	#sends = 0;

	/** `contact` is the room's Contact on Bob's leg; with `serverContact` the leg to the server is seen too */
	constructor(contact: string, serverContact?: string, given: GivenFacts = { roster: [ALICE, BOB] }) {
		this.drive = new Drive({ classify: { given } });
		this.#client = this.drive.connect("192.0.2.40:5060", "192.0.2.50:5060");
		const server = serverContact === undefined ? undefined : this.drive.connect("192.0.2.50:5070", "192.0.2.60:5060");
		this.#client.send("a", invite(1));
		server?.send("a", invite(2));
		server?.send("b", answer(2, serverContact!));
		this.#client.send("b", answer(1, contact));
		this.#chat = this.drive.connect("192.0.2.40:2855", "192.0.2.60:2855");
	}

	/** A CPIM message from the room to Bob, or from Bob with `fromBob`. */
	send(
		from: string,
		to: string,
		options: { fromBob?: boolean; text?: string; type?: string; rows?: string[]; msrp?: string[] } = {},
	): MsrpEntry {
		const rows = [`From: <${from}>`, `To: <${to}>`, ...(options.rows ?? [])];
		const body = `${rows.join("\r\n")}\r\n\r\nContent-Type: ${options.type ?? "text/plain"}\r\n\r\n${options.text ?? "Hello"}`;
		return this.raw(body, options);
	}

	raw(body: string, { fromBob = false, msrp = [] as string[] } = {}): MsrpEntry {
		const id = `tran${++this.#sends}`;
		const size = Buffer.byteLength(body);
		const [to, from] = fromBob ? [ROOM_PATH, BOB_PATH] : [BOB_PATH, ROOM_PATH];
		const head = [
			`MSRP ${id} SEND`,
			`To-Path: ${to}`,
			`From-Path: ${from}`,
			`Message-ID: m${id}`,
			`Byte-Range: 1-${size}/${size}`,
			...msrp,
		];
		this.#chat.send(fromBob ? "a" : "b", `${head.join("\r\n")}\r\nContent-Type: message/cpim\r\n\r\n${body}\r\n-------${id}$\r\n`);
		return this.entries.at(-1) as MsrpEntry;
	}

	/** The first chunk, to Bob, of a CPIM message of `total` octets. */
	chunk(body: string, total: number): MsrpEntry {
		const id = `tran${++this.#sends}`;
		const range = `Byte-Range: 1-*/${total}\r\nContent-Type: message/cpim`;
		this.#chat.send(
			"b",
			`MSRP ${id} SEND\r\nTo-Path: ${BOB_PATH}\r\nFrom-Path: ${ROOM_PATH}\r\nMessage-ID: m${id}\r\n${range}\r\n\r\n${body}\r\n-------${id}+\r\n`,
		);
		return this.entries.at(-1) as MsrpEntry;
	}

	/** The transaction response and a REPORT on the last SEND. */
	answer(kind: "200" | "413" | "report", toBob: boolean): void {
		const id = `tran${this.#sends}`;
		const [to, from] = toBob ? [BOB_PATH, ROOM_PATH] : [ROOM_PATH, BOB_PATH];
		const paths = `To-Path: ${to}\r\nFrom-Path: ${from}\r\n`;
		const side = toBob ? "b" : "a";
		if (kind === "report") {
			this.#chat.send(
				side,
				`MSRP r${id} REPORT\r\n${paths}Message-ID: m${id}\r\nByte-Range: 1-*/*\r\nStatus: 000 200 OK\r\n-------r${id}$\r\n`,
			);
		} else this.#chat.send(side, `MSRP ${id} ${kind} ${kind === "200" ? "OK" : "Stop"}\r\n${paths}-------${id}$\r\n`);
	}

	get entries(): Entry[] {
		return this.drive.entries;
	}
}

function head(vias: number): Record<string, string> {
	const via = ["SIP/2.0/TCP 192.0.2.50:5070;branch=z9hG4bKs", "SIP/2.0/TCP 192.0.2.40:5060;branch=z9hG4bKc"];
	return {
		Via: via.slice(2 - vias).join(", "),
		"Max-Forwards": "70",
		From: `<${BOB}>;tag=b1`,
		"Call-ID": "k1@example.com",
		CSeq: "1 INVITE",
	};
}

function invite(vias: number): string {
	return sip(
		"INVITE sip:conf-factory@im.example.com SIP/2.0",
		{ ...head(vias), To: "<sip:conf-factory@im.example.com>", Contact: "<sip:bob@192.0.2.40:5060;transport=tcp>" },
		sdp(BOB_PATH),
	);
}

function answer(vias: number, contact: string): string {
	return sip(
		"SIP/2.0 200 OK",
		{ ...head(vias), To: "<sip:conf-factory@im.example.com>;tag=r1", Contact: contact, Server: "IM-serv/OMA2.0 x" },
		sdp(ROOM_PATH),
	);
}
