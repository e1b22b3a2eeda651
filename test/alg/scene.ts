import { type AlgBox, type AlgMessage, type AlgOutcome, createAlg } from "../../src/core/alg/index.js";
import type { AlgScene, OptionValue } from "../../src/core/alg/types.js";
import type { Endpoint } from "../../src/core/model/flow.js";

export const A: Endpoint = { address: "10.0.0.5", port: 5060 };
export const NAT: Endpoint = { address: "203.0.113.9", port: 40123 };
export const B: Endpoint = { address: "198.51.100.20", port: 5060 };

export const SDP = `v=0
o=- 1 1 IN IP4 10.0.0.5
s=-
c=IN IP4 10.0.0.5
t=0 0
m=message 2855 TCP/MSRP *
a=accept-types:message/cpim
a=path:msrp://10.0.0.5:2855/s3cr3tA;tcp
a=setup:actpass
`.replaceAll("\n", "\r\n");

export const SDP_B = SDP.replaceAll("10.0.0.5", "198.51.100.20").replace("s3cr3tA", "bbb").replace("actpass", "passive");

export const CONTACT_A = '"A" <sip:alice@10.0.0.5:5060;transport=udp>;+sip.instance="<urn:uuid:0f>";+g.oma.sip-im;isfocus';
export const CONTACT_B = "<sip:room7@198.51.100.20:5060;gr=x>;isfocus";
export const VIA_A = "SIP/2.0/UDP 10.0.0.5:5060;branch=z9hG4bKa1;rport";

/** A SIP message: start line and rows, CRLF, Content-Length of the body. */
export function wire(start: string, rows: readonly string[], body = ""): string {
	const type = body === "" ? [] : ["Content-Type: application/sdp"];
	return `${[start, ...rows, ...type, `Content-Length: ${Buffer.byteLength(body)}`].join("\r\n")}\r\n\r\n${body}`;
}

/** The INVITE of the profile specification. */
export const INVITE = wire(
	"INVITE sip:bob@example.com SIP/2.0",
	[
		`Via: ${VIA_A}`,
		"Max-Forwards: 70",
		"From: <sip:alice@example.com>;tag=f1",
		"To: <sip:bob@example.com>",
		"Call-ID: c1@10.0.0.5",
		"CSeq: 1 INVITE",
		`Contact: ${CONTACT_A}`,
	],
	SDP,
);

/** One box, with A inside and B outside. */
export class Wire {
	readonly box: AlgBox;
	now = 1000;
	transport: AlgMessage["transport"] = "udp";

	constructor(names: string | readonly string[], options?: Record<string, OptionValue>, scene: Partial<AlgScene> = {}) {
		const full: AlgScene = { outside: NAT, ...scene };
		if (options !== undefined) full.options = options;
		this.box = createAlg(typeof names === "string" ? [names] : names, full);
	}

	/** From A (the source can be another) to B. */
	out(text: string | Buffer, source: Endpoint = A): AlgOutcome {
		return this.box.handle({ ...this.#message(text), from: "inside", source, target: B });
	}

	/** From B to the address that the box shows. */
	in(text: string | Buffer, target: Endpoint = NAT): AlgOutcome {
		return this.box.handle({ ...this.#message(text), from: "outside", source: B, target });
	}

	#message(text: string | Buffer) {
		this.now += 0.1;
		const at = { sec: Math.floor(this.now), nsec: 0, packet: 0 };
		return { octets: typeof text === "string" ? Buffer.from(text, "latin1") : text, at, transport: this.transport };
	}
}

export const latin1 = ({ octets }: { octets: Buffer }): string => octets.toString("latin1");

/** The lines that differ, as "before -> after"; "+" and "-" where a line came or went. */
export function changed(before: string, outcome: AlgOutcome): string[] {
	const left = before.split("\r\n");
	const right = latin1(outcome).split("\r\n");
	const gone = left.filter((line) => !right.includes(line));
	const come = right.filter((line) => !left.includes(line));
	return gone.length === come.length
		? gone.map((line, index) => `${line} -> ${come[index]}`)
		: [...gone.map((line) => `- ${line}`), ...come.map((line) => `+ ${line}`)];
}

/** Value of the first row with that name. */
export function row(text: string, name: string): string | undefined {
	return new RegExp(`^${name}: (.*)\\r$`, "m").exec(text)?.[1];
}

/** The answer to a request as its receiver would write it: Via, From, To, Call-ID and CSeq are echoed. */
export function answer(request: string, status: string, rows: readonly string[], body = "", tag = "t2"): string {
	const echoed = request
		.split("\r\n\r\n")[0]!
		.split("\r\n")
		.filter((line) => /^(Via|From|To|Call-ID|CSeq|Record-Route):/.test(line))
		.map((line) => (line.startsWith("To:") && !line.includes(";tag=") ? `${line};tag=${tag}` : line));
	return wire(`SIP/2.0 ${status}`, [...echoed, ...rows], body);
}
