import { readFileSync } from "node:fs";
import type { ClassifierOptions, Verdict } from "../../src/core/classify/classifier.js";
import { type Connection, Drive } from "../pipeline/drive.js";

export const S0 = "sip:sess-7f3a@focus.im.example.com";
export const S = `${S0};isfocus`;
export const G = "sip:kitesurf@im.example.com";
export const F = "sip:conf-factory@im.example.com";
export const X = "sip:b2b-91c0@203.0.113.9:5071";
const ROSTER = ["alice", "bob", "carol", "mallory"]
	.map((user) => `sip:${user}@example.com`)
	.concat("tel:+12025550101", "sip:anonymous-1@anonymous.invalid");

export const example = (name: string): string => readFileSync(new URL(`../data/classify/${name}.txt`, import.meta.url), "utf8");

/** K0: nothing yet */
export type Context = "K0" | "K1" | "K2" | "K2p" | "K2n" | "K3" | "K4" | "K4a" | "K5" | "K6" | "K6i" | "K7";

interface Call {
	contact: string;
	/** Contact on the client's leg when a box rewrites it; the server's leg is then seen too unless `oneLeg` */
	clientContact?: string;
	oneLeg?: boolean;
	dialled?: string;
	server?: string;
	chatroom?: boolean;
	user?: string;
	id?: string;
	/** Request-URI, where it is not what was dialled */
	target?: string;
	/** Contact of the INVITE */
	own?: string;
	/** further headers of the INVITE */
	more?: string[];
	/** Contact of a 183 before the 200 */
	early?: string;
	/** what the INVITE carries instead of its SDP alone */
	body?: { type: string; text(sdp: string): string };
}

const FOCUS_PATH = "msrp://focus.im.example.com:2855/s7f3aB0b;tcp";

/** The SIP of a context, then messages on the client's MSRP connection. */
export class Scene {
	readonly drive: Drive;
	#media: Connection | undefined;
	readonly #paths: { focus: string; client: string };
	readonly #address: string;
	readonly #user: string;
	#count = 0;

	/** `beside`: a scene whose traffic is seen too, and the user whose client this one is about */
	constructor(
		context: Context,
		options: Omit<ClassifierOptions, "limits"> = {},
		beside?: { scene: Scene; user: string; paths?: { focus: string; client: string } },
	) {
		const given = { roster: ROSTER, ...options.given };
		this.#user = beside?.user ?? "bob";
		this.#address = beside === undefined ? "192.0.2.40" : "192.0.2.41";
		this.#paths = beside?.paths ?? {
			focus: beside === undefined ? FOCUS_PATH : `msrp://focus.im.example.com:2855/for-${this.#user};tcp`,
			client: beside === undefined ? "msrp://ue-bob.example.com:7654/k3j9s2x0;tcp" : `msrp://ue-${this.#user}.example.com:7654/own;tcp`,
		};
		this.drive =
			beside?.scene.drive ?? new Drive({ classify: { ...options, given, ...(context === "K7" ? { level: "number" as const } : {}) } });
		switch (context) {
			case "K1":
				this.call({ contact: `<${S}>;isfocus` });
				break;
			case "K2":
			case "K2p":
			case "K2n":
				this.call({ contact: `<${S}>;isfocus`, clientContact: `<${X}>;isfocus`, oneLeg: context !== "K2" });
				if (context === "K2n") this.drive.connect("192.0.2.40:5060", "203.0.113.9:5071").send("b", example("ctx4-notify-conference-info"));
				break;
			case "K3":
				this.call({ contact: `<${S}>;isfocus`, clientContact: `<${X}>` });
				break;
			case "K4":
				this.call({ contact: `<${S0}>;isfocus` });
				break;
			case "K4a":
				this.call({ contact: `<${S0}>;isfocus`, clientContact: `<${X}>;isfocus` });
				break;
			case "K5":
				this.call({ contact: "<sip:alice@192.0.2.77>", dialled: "sip:alice@example.com", server: "Phone/1.0", chatroom: false });
				break;
			case "K6":
				this.call({ contact: `<${S}>;isfocus`, dialled: G });
				break;
			case "K6i":
				this.invited();
				break;
			case "K7":
				this.call({ contact: `<${S}>;isfocus`, server: "CPM-serv/OMA2.2 RCS-serv/UP_2.4", chatroom: false });
				break;
		}
	}

	/** Bob (or another) calls; the answer comes back over one leg or two. */
	call({
		contact,
		clientContact,
		oneLeg,
		dialled = F,
		target = dialled,
		server = "IM-serv/OMA2.0 ExampleFocus/1.4",
		chatroom = true,
		user = this.#user,
		id = `c-${this.#user}`,
		own = `<sip:${user}@${this.#address}:5060;transport=tcp>`,
		more = [],
		early,
		body = { type: "application/sdp", text: (offer) => offer },
	}: Call): void {
		const near = this.drive.connect(`${this.#address}:40000`, clientContact === undefined ? "198.51.100.20:5060" : "203.0.113.9:5071");
		const far = clientContact === undefined || oneLeg === true ? undefined : this.drive.connect("203.0.113.9:40001", "198.51.100.20:5060");
		const via = `SIP/2.0/TCP ${this.#address}:5060;branch=z9hG4bK74bf9${this.#user}`;
		const vias = [`SIP/2.0/TCP 203.0.113.9:5071;branch=z9hG4bKalg`, via];
		const common = [`From: <sip:${user}@example.com>;tag=9fx`, `Call-ID: ${id}@ue-${user}`, "CSeq: 1 INVITE"];
		const invite = (via: string[]) =>
			message(
				`INVITE ${target} SIP/2.0`,
				[...via.map((item) => `Via: ${item}`), "Max-Forwards: 70", `To: <${dialled}>`, ...common, `Contact: ${own}`, ...more],
				body.text(sdp(this.#paths.client, 7654, "active", false)),
				body.type,
			);
		const answer = (via: string[], value: string) =>
			message(
				"SIP/2.0 200 OK",
				[...via.map((item) => `Via: ${item}`), `To: <${dialled}>;tag=832`, ...common, `Contact: ${value}`, `Server: ${server}`],
				sdp(this.#paths.focus, 2855, "passive", chatroom),
			);
		near.send("a", invite([via]));
		far?.send("a", invite(vias)).send("b", answer(vias, contact));
		if (early !== undefined) near.send("b", answer([via], early).replace("200 OK", "183 Session Progress"));
		near.send("b", answer([via], clientContact ?? contact));
	}

	/** The other side refreshes its target by a re-INVITE (RFC 3261 §14) on the first connection. */
	refresh(contact: string, dialled = F): void {
		const user = this.#user;
		const near = this.drive.connect(`${this.#address}:40000`, "198.51.100.20:5060");
		const common = (branch: string) => [
			`Via: SIP/2.0/TCP 198.51.100.20:5060;branch=z9hG4bK${branch}`,
			`From: <${dialled}>;tag=832`,
			`To: <sip:${user}@example.com>;tag=9fx`,
			`Call-ID: c-${user}@ue-${user}`,
			"CSeq: 7 INVITE",
		];
		near.send(
			"b",
			message(
				`INVITE sip:${user}@${this.#address}:5060;transport=tcp SIP/2.0`,
				[...common("re"), "Max-Forwards: 70", `Contact: ${contact}`],
				sdp(this.#paths.focus, 2855, "passive", false),
			),
		);
		near.send(
			"a",
			message(
				"SIP/2.0 200 OK",
				[...common("re"), `Contact: <sip:${user}@${this.#address}:5060;transport=tcp>`],
				sdp(this.#paths.client, 7654, "active", false),
			),
		);
	}

	/** The focus calls Bob; `named` tells for whom. */
	invited(named = `P-Asserted-Identity: <${G}>`, chatroom = false): void {
		const near = this.drive.connect("198.51.100.20:40000", "192.0.2.40:5060");
		const via = "Via: SIP/2.0/TCP 198.51.100.20:5060;branch=z9hG4bKinv";
		const common = [via, `From: <${S}>;tag=f0`, "Call-ID: inv@focus", "CSeq: 1 INVITE"];
		near.send(
			"a",
			message(
				"INVITE sip:bob@192.0.2.40 SIP/2.0",
				[...common, "Max-Forwards: 70", "To: <sip:bob@example.com>", named, `Contact: <${S}>;isfocus`],
				sdp(this.#paths.focus, 2855, "active", chatroom),
			),
		);
		near.send(
			"b",
			message(
				"SIP/2.0 200 OK",
				[...common, "To: <sip:bob@example.com>;tag=b0", "Contact: <sip:bob@192.0.2.40>"],
				sdp(this.#paths.client, 7654, "passive", false),
			),
		);
	}

	/** Wire octets of MSRP on Bob's connection, as they are in the example. */
	wire(text: string, side: "a" | "b" = text.includes("From-Path: msrp://focus") ? "b" : "a"): Verdict | undefined {
		this.#media ??= this.drive.connect(`${this.#address}:7654`, "198.51.100.20:2855");
		this.#media.send(side, text);
		return this.drive.entries.at(-1)?.verdict;
	}

	/** A content in one SEND, to the client unless told otherwise. */
	send(body: string, toClient = true, type = "message/cpim", more: string[] = []): Verdict {
		const id = `t${++this.#count}abcd`;
		const [to, from] = toClient ? [this.#paths.client, this.#paths.focus] : [this.#paths.focus, this.#paths.client];
		const size = Buffer.byteLength(body);
		return this.wire(
			`MSRP ${id} SEND\r\nTo-Path: ${to}\r\nFrom-Path: ${from}\r\nMessage-ID: m-${id}\r\nByte-Range: 1-${size}/${size}\r\n${more.map((row) => `${row}\r\n`).join("")}Content-Type: ${type}\r\n\r\n${body}\r\n-------${id}$\r\n`,
			toClient ? "b" : "a",
		) as Verdict;
	}

	/** CPIM with these addresses and a short text. */
	cpim(from: string, to: string, toClient = true): Verdict {
		return this.send(
			`From: <${from}>\r\nTo: <${to}>\r\nDateTime: 2026-03-02T15:02:31Z\r\n\r\nContent-Type: text/plain;charset=utf-8\r\n\r\nhello`,
			toClient,
		);
	}
}

function message(start: string, headers: string[], body: string, type = "application/sdp"): string {
	return `${start}\r\n${headers.join("\r\n")}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

function sdp(path: string, port: number, setup: string, chatroom: boolean): string {
	const host = path.split("/")[2]!.split(":")[0];
	return `v=0\r\no=- 1 1 IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=message ${port} TCP/MSRP *\r\na=accept-types:message/cpim\r\na=accept-wrapped-types:*\r\na=setup:${setup}\r\na=path:${path}\r\n${chatroom ? "a=chatroom:private-messages\r\n" : ""}`;
}
