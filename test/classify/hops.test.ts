import { describe, expect, it } from "vitest";
import { KnowledgeBase } from "../../src/core/classify/knowledge/base.js";
import type { CallKnowledge } from "../../src/core/classify/knowledge/call.js";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import { type Connection, Drive } from "../pipeline/drive.js";
import { S, X } from "./contexts.js";

const FOCUS = "msrp://focus.im.example.com:2855/s7f3aB0b;tcp";
const path = (number: number): string => `msrp://ue-bob.example.com:7654/k${number};tcp`;

/** Knowledge of one call, learned from what goes over connections. */
class Call {
	readonly base = new KnowledgeBase(DEFAULT_LIMITS, {});
	readonly drive = new Drive({}, (entry) => void (entry.protocol === "sip" && this.base.sip(entry)));
	readonly near: Connection = this.drive.connect("192.0.2.40:5060", "203.0.113.9:5071");
	readonly far: Connection = this.drive.connect("203.0.113.9:40001", "198.51.100.20:5060");

	get known(): CallKnowledge {
		return this.base.callOf(this.drive.entries[0]?.links.session);
	}

	invite(over: Connection, vias: number, cseq: number, own = path(1)): this {
		over.send("a", this.#message("INVITE sip:conf-factory@im.example.com SIP/2.0", vias, cseq, "<sip:bob@192.0.2.40>", own, false));
		return this;
	}

	answer(over: Connection, vias: number, cseq: number, contact: string): this {
		over.send("b", this.#message("SIP/2.0 200 OK", vias, cseq, contact, FOCUS, true));
		return this;
	}

	#message(start: string, vias: number, cseq: number, contact: string, session: string, tagged: boolean): string {
		const host = session.split("/")[2]!.split(":")[0];
		const body = `v=0\r\no=- 1 ${cseq} IN IP4 ${host}\r\ns=-\r\nc=IN IP4 ${host}\r\nt=0 0\r\nm=message 7654 TCP/MSRP *\r\na=accept-types:message/cpim\r\na=path:${session}\r\n`;
		const rows = [
			...Array.from({ length: vias }, (_, index) => `Via: SIP/2.0/TCP 192.0.2.${40 + index};branch=z9hG4bK${cseq}v${vias}i${index}`),
			"Max-Forwards: 70",
			"From: <sip:bob@example.com>;tag=9fx",
			`To: <sip:conf-factory@im.example.com>${tagged || cseq > 1 ? ";tag=832" : ""}`,
			"Call-ID: hops@ue-bob",
			`CSeq: ${cseq} INVITE`,
			`Contact: ${contact}`,
			"Content-Type: application/sdp",
			`Content-Length: ${body.length}`,
		];
		return `${start}\r\n${rows.join("\r\n")}\r\n\r\n${body}`;
	}
}

describe("MSRP paths of a hop", () => {
	it("older ones are kept: messages in flight are under way on them; the last four count", () => {
		const call = new Call();
		for (let count = 1; count <= 5; count++) {
			call.invite(call.near, 1, count, path(count)).answer(call.near, 1, count, `<${S}>;isfocus`);
			expect(call.known.toClient(path(1), undefined)).toBe(count < 5 ? true : undefined);
			expect(call.known.toClient(undefined, path(count))).toBe(false);
		}
		expect([2, 3, 4, 5].map((count) => call.known.toClient(path(count), undefined))).toEqual([true, true, true, true]);
		expect(call.known.toClient(FOCUS, undefined)).toBe(false);
	});
});

describe("which hop is the client's", () => {
	const contact = (call: Call, leg: "client" | "server") => call.known.leg(leg).contact.map(({ uri }) => uri.text);

	it("the one with the fewest Vias, whichever was seen first", () => {
		const call = new Call();
		call.invite(call.far, 2, 1).invite(call.near, 1, 1);
		call.answer(call.far, 2, 1, `<${S}>;isfocus`).answer(call.near, 1, 1, `<${X}>;isfocus`);
		expect([contact(call, "client"), contact(call, "server")]).toEqual([[X], [S]]);
	});

	it("the fewest that it ever had count: an INVITE that spirals passes a hop again with more", () => {
		for (const order of [
			[3, 1],
			[1, 3],
		]) {
			const call = new Call();
			call.invite(call.near, order[0]!, 1).invite(call.far, 2, 1).invite(call.near, order[1]!, 1);
			call.answer(call.far, 2, 1, `<${S}>;isfocus`).answer(call.near, 1, 1, `<${X}>;isfocus`);
			expect([contact(call, "client"), contact(call, "server")], order.join()).toEqual([[X], [S]]);
		}
	});
});
