import { describe, expect, it } from "vitest";
import { cpim, type JoinOptions, Room, S, type SendOptions, uri } from "./room.js";

const ALICE = uri("alice");
const BOB = uri("bob");
const BODY = cpim(ALICE, S);

function ran(check: string, run: (bob: ReturnType<Room["join"]>, room: Room) => void, join: JoinOptions = {}): Record<string, number> {
	const room = new Room();
	run(room.join("bob", join), room);
	return room.over().counts(check);
}

describe("C12: accepted types", () => {
	const types = (client: string) => ({ accept: { client } });
	const sent = (client: string, body = BODY, options: SendOptions = {}) => ran("C12", (bob) => bob.receive(body, options), types(client));
	it("violation: the type, the type inside, CPIM inside CPIM (Q24)", () => {
		expect(sent("text/plain")).toEqual({ violation: 1 });
		expect(sent("message/cpim\r\na=accept-wrapped-types:text/html")).toEqual({ violation: 1 });
		expect(sent("message/cpim", cpim(ALICE, S, { type: "message/cpim", text: BODY }))).toEqual({ violation: 1 });
	});
	it("pass: named, by wildcard, by *", () => {
		expect(sent("message/cpim\r\na=accept-wrapped-types:text/*")).toEqual({ pass: 1 });
		expect(sent("message/cpim text/plain")).toEqual({ pass: 1 });
		expect(sent("*")).toEqual({ pass: 1 });
		expect(sent("*", "x", { type: "image/png" })).toEqual({ pass: 1 });
	});
	it("info: multipart inside; unknown: no SDP", () => {
		const multipart = cpim(ALICE, S, { type: "multipart/mixed;boundary=b", text: "--b\r\n\r\nx\r\n--b--" });
		expect(sent("message/cpim\r\na=accept-wrapped-types:text/plain", multipart)).toEqual({ info: 1 });
		const room = new Room();
		const wire = room.flow("192.0.2.9:7000", "192.0.2.8:7000");
		const paths = "To-Path: msrp://a.example.com:1/a;tcp\r\nFrom-Path: msrp://b.example.com:1/b;tcp\r\n";
		wire.send(
			"a",
			`MSRP abcd1 SEND\r\n${paths}Message-ID: q\r\nByte-Range: 1-2/2\r\nContent-Type: text/plain\r\n\r\nhi\r\n-------abcd1$\r\n`,
		);
		expect(room.over().counts("C12")).toEqual({ unknown: 1 });
	});
});

describe("C13 and C14: what is asked for", () => {
	it("C13: pass by Success-Report or IMDN, unknown without, no case for another profile", () => {
		expect(ran("C13", (bob) => bob.say(cpim(BOB, S), { headers: ["Success-Report: yes"] }))).toEqual({ pass: 1 });
		const rows = ["NS: imdn <urn:ietf:params:imdn>", "imdn.Message-ID: a", "imdn.Disposition-Notification: display"];
		expect(ran("C13", (bob) => bob.say(cpim(BOB, S, { rows })))).toEqual({ pass: 1 });
		expect(ran("C13", (bob) => bob.say(cpim(BOB, S)))).toEqual({ unknown: 1 });
		expect(ran("C13", (bob) => bob.say(cpim(BOB, S)), { server: "Room/1.0" })).toEqual({});
	});
	it("C14: violation for another value, and for chunks that differ", () => {
		expect(ran("C14", (bob) => bob.say(BODY, { headers: ["Success-Report: maybe"] }))).toEqual({ violation: 1 });
		const room = new Room();
		const bob = room.join("bob");
		const head = (tid: string, range: string, report: string) =>
			`MSRP ${tid} SEND\r\nTo-Path: ${bob.focusPath}\r\nFrom-Path: ${bob.path}\r\nMessage-ID: m\r\nByte-Range: ${range}\r\nFailure-Report: ${report}\r\nContent-Type: text/plain\r\n\r\n`;
		bob.raw(`${head("abcd1", "1-2/4", "yes")}ab\r\n-------abcd1+\r\n${head("abcd2", "3-4/4", "no")}cd\r\n-------abcd2$\r\n`, false);
		expect(room.over().counts("C14")).toEqual({ pass: 1, violation: 1 });
	});
	it("C14: pass; no case without the headers", () => {
		expect(ran("C14", (bob) => bob.say(BODY, { headers: ["Success-Report: yes", "Failure-Report: partial"] }))).toEqual({ pass: 1 });
		expect(ran("C14", (bob) => bob.say(BODY))).toEqual({});
	});
});

describe("C19: the REPORT that was asked for", () => {
	const yes = { headers: ["Success-Report: yes"] };
	it("pass: at once, in parts, in chunks", () => {
		expect(ran("C19", (bob) => bob.receive(BODY, yes).answer(200).report())).toEqual({ pass: 1 });
		expect(ran("C19", (bob) => bob.receive(BODY, yes).report("1-50/*").report(`51-${BODY.length}/*`))).toEqual({ pass: 1 });
		expect(ran("C19", (bob) => bob.receive(BODY, { ...yes, cuts: [20, 60] }).report())).toEqual({ pass: 1 });
	});
	it("violation: the session goes on to its end without it", () => {
		const room = new Room();
		const bob = room.join("bob");
		bob.receive(BODY, yes).answer(200);
		room.wait(40);
		room.over();
		expect(room.counts("C19")).toEqual({ violation: 1 });
		expect(room.first("C19", "violation")?.blame).toBe("client");
	});
	it("unknown: only a part is reported and the input stops; info: a failure; no case: refused, or not asked for", () => {
		const room = new Room();
		room.join("bob").receive(BODY, yes).report("1-50/*");
		room.table.finish();
		expect(room.counts("C19")).toEqual({ unknown: 1 });
		expect(ran("C19", (bob) => bob.receive(BODY, yes).report(undefined, "000 408 Gone"))).toEqual({ info: 1 });
		expect(ran("C19", (bob) => bob.receive(BODY, yes).answer(413, "No"))).toEqual({});
		expect(ran("C19", (bob) => bob.receive(BODY))).toEqual({});
	});
});

describe("C20: responses", () => {
	it("pass: each chunk; n/a: none wanted", () => {
		expect(ran("C20", (bob) => bob.receive(BODY).answer(200))).toEqual({ pass: 1 });
		expect(ran("C20", (bob) => bob.receive(BODY, { headers: ["Failure-Report: no"] }))).toEqual({ "n/a": 1 });
	});
	it("violation: nothing for 30 s; by the receiver", () => {
		const room = new Room();
		const bob = room.join("bob");
		bob.say(BODY);
		room.wait(31);
		bob.receive(BODY).answer(200);
		room.over();
		expect(room.counts("C20")).toEqual({ pass: 1, violation: 1 });
		expect(room.first("C20", "violation")?.blame).toBe("switch");
	});
	it("unknown: the input ends too early", () => {
		expect(ran("C20", (bob) => bob.receive(BODY))).toEqual({ unknown: 1 });
	});
});

describe("C41: chunks", () => {
	it("pass; no case for one SEND", () => {
		expect(ran("C41", (bob) => bob.receive(BODY, { cuts: [20, 60] }))).toEqual({ pass: 1 });
		expect(ran("C41", (bob) => bob.receive(BODY))).toEqual({});
	});
	it("violation: no Byte-Range; octets left out", () => {
		expect(ran("C41", (bob) => bob.receive(BODY, { cuts: [20], bare: true })).violation).toBe(1);
		expect(ran("C41", (bob) => bob.receive(BODY, { cuts: [20, 60], drop: 1 }))).toEqual({ violation: 1 });
	});
	it("unknown: the capture begins in the middle (W18)", () => {
		expect(ran("C41", (bob) => bob.receive(BODY, { cuts: [20, 60], drop: 0 }))).toEqual({ unknown: 1 });
	});
});

describe("C42: MIME headers of a SEND", () => {
	const raw = (lines: string[], body?: string) =>
		ran("C42", (bob) => {
			const head = [`To-Path: ${bob.path}`, `From-Path: ${bob.focusPath}`, "Message-ID: m1", ...lines].join("\r\n");
			bob.raw(`MSRP abcd1 SEND\r\n${head}\r\n${body === undefined ? "" : `\r\n${body}\r\n`}-------abcd1$\r\n`, true);
		});
	it("violation", () => {
		expect(raw(["Byte-Range: 1-2/2", "Content-Type: text/plain", "Success-Report: no"], "hi")).toEqual({ violation: 1 });
		expect(raw(["Byte-Range: 1-2/2", "Content-Transfer-Encoding: binary", "Content-Type: text/plain"], "hi")).toEqual({ violation: 1 });
		expect(raw(["Byte-Range: 1-2/2"], "hi")).toEqual({ violation: 1 });
		expect(raw(["Content-Type: text/plain"])).toEqual({ violation: 1 });
	});
	it("pass: with and without a body; no case: REPORT", () => {
		expect(raw(["Byte-Range: 1-2/2", "Content-ID: <a>", "Content-Type: text/plain"], "hi")).toEqual({ pass: 1 });
		expect(raw([])).toEqual({ pass: 1 });
		expect(ran("C42", (bob) => bob.report("1-1/1"))).toEqual({});
	});
});
