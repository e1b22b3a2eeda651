import { describe, expect, it } from "vitest";
import { CallKnowledge } from "../../src/core/classify/knowledge/call.js";
import { learnFromMessage, newHop } from "../../src/core/classify/knowledge/hop.js";
import { type Entry, type Flow, Pipeline, type SipEntry } from "../../src/index.js";
import { cpim, Room, S, sip, uri } from "../checks/clauses/room.js";

const BOB = uri("bob");

const sdp = (path: string): string =>
	`v=0\r\no=- 1 2 IN IP4 192.0.2.41\r\ns=-\r\nc=IN IP4 192.0.2.41\r\nt=0 0\r\nm=message 7655 TCP/MSRP *\r\na=accept-types:message/cpim\r\na=path:${path}\r\n`;

/** A re-INVITE after which both ends have new MSRP paths. */
function renew(bob: ReturnType<Room["join"]>, number: number): void {
	const via = `Via: SIP/2.0/TCP 192.0.2.41:5060;branch=z9hG4bKre${number}`;
	const common = [`From: <${BOB}>;tag=9fx`, "Call-ID: c1@ue-bob", `CSeq: ${number + 1} INVITE`];
	const to = `To: <sip:conf-factory@im.example.com>;tag=832`;
	const mine = `msrp://ue-bob.example.com:7655/new${number};tcp`;
	const theirs = `msrp://focus.im.example.com:2855/fresh${number};tcp`;
	bob.signalling
		.send("a", sip(`INVITE ${S} SIP/2.0`, [via, "Max-Forwards: 70", to, ...common, `Contact: <${BOB}>`], sdp(mine)))
		.send("b", sip("SIP/2.0 200 OK", [via, to, ...common, `Contact: <${S}>;isfocus`], sdp(theirs)));
}

/** A message as it comes out of the pipeline, on the hop between these addresses. */
function entryOf(text: string, a = "192.0.2.1", b = "192.0.2.2"): SipEntry {
	const entries: Entry[] = [];
	const pipeline = new Pipeline({ onEntry: (entry) => entries.push(entry) });
	const at = { sec: 1, nsec: 0, packet: 1 };
	const ends = { a: { address: a, port: 5060 }, b: { address: b, port: 5060 } };
	const flow: Flow = { id: 1, transport: "tcp", ...ends, openerKnown: true, midStream: false, tunnels: [], began: at };
	const octets = Buffer.from(text);
	pipeline.openFlow(flow).data(0, octets, 0, octets.length, at);
	return entries[0] as SipEntry;
}

describe("MSRP paths that a re-INVITE has replaced", () => {
	it("still tell the direction of what is under way on the session before", () => {
		const room = new Room();
		const bob = room.join("bob");
		renew(bob, 1);
		bob.say(cpim(BOB, S)).receive(cpim(S, S));
		room.over();
		// C04 looks at what clients send alone, C01 at what they get.
		expect(room.counts("C04")).toEqual({ pass: 1 });
		expect(room.counts("C01")).toEqual({ pass: 1 });
	});

	it("are forgotten beyond the last four", () => {
		const hop = newHop("", 1);
		for (let n = 0; n < 6; n++) {
			const invite = sip("INVITE sip:a@example.com SIP/2.0", [`Call-ID: ${n}`, "CSeq: 1 INVITE"], sdp(`msrp://a.example.com:1/p${n};tcp`));
			learnFromMessage(hop, 0, entryOf(invite), true);
		}
		expect(hop.paths[0]).toEqual([5, 4, 3, 2].map((n) => `msrp://a.example.com:1/p${n};tcp`));
	});
});

describe("hops of an INVITE that comes again with fewer Vias", () => {
	const invite = (contact: string): string =>
		sip(`INVITE ${S} SIP/2.0`, ["Call-ID: 1", "CSeq: 1 INVITE", `From: <${BOB}>;tag=1`, `To: <${S}>`, `Contact: <${contact}>`], "");
	const far = entryOf(invite("sip:bob@203.0.113.9"), "203.0.113.9", "198.51.100.20");
	const near = entryOf(invite("sip:bob@192.0.2.41"), "192.0.2.41", "203.0.113.9");
	const answered = (contact: string, a: string, b: string): SipEntry =>
		entryOf(
			sip(
				"SIP/2.0 200 OK",
				["Call-ID: 1", "CSeq: 1 INVITE", `From: <${BOB}>;tag=1`, `To: <${S}>;tag=2`, `Contact: <${contact}>;isfocus`],
				"",
			),
			a,
			b,
		);

	const contactOnClientLeg = (vias: number[]): string | undefined => {
		const call = new CallKnowledge({}, () => []);
		call.message(far, 0, 2);
		for (const count of vias) call.message(near, 0, count);
		call.message(answered(S, "203.0.113.9", "198.51.100.20"), 1, 1);
		call.message(answered("sip:box@203.0.113.9", "192.0.2.41", "203.0.113.9"), 1, 1);
		return call.leg("client").contact[0]?.uri.text;
	};

	it("the fewest count, whichever was seen first", () => {
		expect(contactOnClientLeg([1])).toBe("sip:box@203.0.113.9");
		expect(contactOnClientLeg([3])).toBe(S);
		expect(contactOnClientLeg([3, 1])).toBe("sip:box@203.0.113.9");
		expect(contactOnClientLeg([1, 3])).toBe("sip:box@203.0.113.9");
	});
});
