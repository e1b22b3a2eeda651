import { describe, expect, it } from "vitest";
import type { Action } from "../../src/core/relay/stage.js";
import { accepted, fromRoom, INVITE } from "./conversation.js";
import { Rig, stage } from "./rig.js";

const SEND = fromRoom("abcd1", "sip:alice@example.com", "sip:bob@example.com");
const REPORT =
	"MSRP rep1 REPORT\r\nTo-Path: msrp://198.51.100.2:2855/s7f3aB0b;tcp\r\nFrom-Path: msrp://192.0.2.1:7654/k3j9s2x0;tcp\r\nMessage-ID: m-abcd1\r\nByte-Range: 1-9/9\r\nStatus: 000 200 OK\r\n-------rep1$\r\n";
const doing = (action: Action, dir: 0 | 1 = 1) =>
	stage({
		touches: (_connection, of) => of === dir,
		injects: () => true,
		sip: () => action,
		msrp: ({ msrp }) => (msrp.method === "SEND" ? action : undefined),
	});
const reasons = (rig: Rig) =>
	rig.entries.flatMap(({ problems }) => problems.filter(({ id }) => id === "relay.dropped").map(({ detail }) => detail));

describe("answers that are to be lost", () => {
	it("the response to a SEND, once, whatever the cuts", () => {
		for (const size of [1, 7, 10_000]) {
			const rig = new Rig([doing({ swallow: { responses: true }, by: "rule" })]);
			rig.send(1, SEND);
			const back = Buffer.from(accepted("abcd1") + accepted("other") + accepted("abcd1"));
			for (let at = 0; at < back.length; at += size) rig.send(0, back.subarray(at, at + size));
			expect(rig.text(1)).toBe(SEND);
			expect(rig.text(0)).toBe(accepted("other") + accepted("abcd1"));
			expect(reasons(rig)).toEqual(["rule"]);
		}
	});

	it("reports about it, and not the response", () => {
		const rig = new Rig([doing({ swallow: { reports: true } })]);
		rig.send(1, SEND);
		rig.send(0, accepted("abcd1") + REPORT + REPORT.replace("m-abcd1", "m-other"));
		expect(rig.text(0)).toBe(accepted("abcd1") + REPORT.replace("m-abcd1", "m-other"));
	});

	it("responses of SIP, provisional ones too", () => {
		const rig = new Rig([doing({ swallow: { responses: true } }, 0)]);
		rig.send(0, INVITE);
		const answer = (status: number, branch = "z9hG4bKb1") =>
			`SIP/2.0 ${status} x\r\nVia: SIP/2.0/TCP 192.0.2.1:5060;branch=${branch}\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n`;
		rig.send(1, answer(100) + answer(200) + answer(200, "z9hG4bKother"));
		expect(rig.text(1)).toBe(answer(200, "z9hG4bKother"));
	});
});

describe("transactions of the tool's own", () => {
	it("the response to a request that was put in stops here", () => {
		const own = SEND.replaceAll("abcd1", "own1");
		const rig = new Rig([doing({ inject: [{ to: "on", when: "after", octets: Buffer.from(own), own: true }] })]);
		rig.send(1, SEND);
		rig.send(0, accepted("own1") + accepted("abcd1"));
		expect(rig.text(1)).toBe(SEND + own);
		expect(rig.text(0)).toBe(accepted("abcd1"));
		expect(reasons(rig)).toEqual([]);
	});

	it("a request that was answered here gets the same answer again, and its ACK stops here", () => {
		const busy = `${INVITE.slice(0, INVITE.indexOf("Content-Type")).replace(/^[^\r]*/, "SIP/2.0 486 Busy Here")}Content-Length: 0\r\n\r\n`;
		let asked = 0;
		const rig = new Rig([
			stage({
				touches: (_connection, dir) => dir === 0 && asked === 0,
				injects: () => true,
				sip: () => {
					asked++;
					return { drop: true, quiet: true, inject: [{ to: "back", when: "after", octets: Buffer.from(busy), own: true }] };
				},
			}),
		]);
		rig.send(0, INVITE);
		rig.send(0, INVITE);
		const ack =
			"ACK sip:x SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1:5060;branch=z9hG4bKb1\r\nCall-ID: c1@ue-bob\r\nCSeq: 1 ACK\r\nContent-Length: 0\r\n\r\n";
		rig.send(0, ack);
		rig.send(0, ack.replace("c1@", "c2@"));
		expect(asked).toBe(1);
		expect(rig.text(1)).toBe(busy + busy);
		expect(rig.text(0)).toBe(ack.replace("c1@", "c2@"));
	});
});

describe("what only WebSocket knows", () => {
	it("reaches whoever has the sockets", () => {
		const flow = { carrier: "ws" } as const;
		const rig = new Rig([doing({ carriage: { text: true, fragments: [3] }, close: "fin", code: { code: 1011, reason: "x" } })], { flow });
		rig.send(1, SEND);
		expect(rig.carriages[1]).toEqual([{ text: true, fragments: [3] }]);
		expect(rig.codes).toEqual([{ code: 1011, reason: "x" }]);
	});
});
