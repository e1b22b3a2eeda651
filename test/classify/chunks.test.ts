import { describe, expect, it } from "vitest";
import type { Verdict } from "../../src/core/classify/classifier.js";
import type { MsrpEntry } from "../../src/core/model/entry.js";
import { Drive } from "../pipeline/drive.js";
import { S, Scene } from "./contexts.js";

const TO = "msrp://ue-bob.example.com:7654/k3j9s2x0;tcp";
const FROM = "msrp://focus.im.example.com:2855/s7f3aB0b;tcp";
const BODY = `From: <${S}>\r\nTo: <${S}>\r\nDateTime: 2026-03-02T15:02:31Z\r\n\r\nContent-Type: text/plain\r\n\r\nhello there`;
/** From, To, DateTime and the blank line are in these octets */
const HEAD = BODY.indexOf("\r\n\r\n") + 4;

let transactions = 0;
function chunk(body: string, start: number, end: number, more: { flag?: string; head?: string[]; id?: string } = {}): string {
	const id = `chunk${++transactions}z`;
	const head = [
		`To-Path: ${TO}`,
		`From-Path: ${FROM}`,
		`Message-ID: ${more.id ?? "whole"}`,
		`Byte-Range: ${start}-${end}/${body.length}`,
		...(more.head ?? []),
	];
	const flag = more.flag ?? (end === body.length ? "$" : "+");
	return `MSRP ${id} SEND\r\n${head.join("\r\n")}\r\nContent-Type: message/cpim\r\n\r\n${body.slice(start - 1, end)}\r\n-------${id}${flag}\r\n`;
}

const messages = (drive: Drive): Verdict[] =>
	drive.entries.filter((entry): entry is MsrpEntry => entry.protocol === "msrp").map(({ verdict }) => verdict!);
const rules = ({ firings }: Verdict): string => firings.map(({ rule }) => rule).join(" ");

describe("messages in chunks", () => {
	it("aborted after its head had come: what was judged stays", () => {
		const scene = new Scene("K1");
		scene.wire(chunk(BODY, 1, HEAD));
		const verdict = scene.wire(chunk(BODY, HEAD + 1, BODY.length - 5, { flag: "#" }));
		expect(verdict).toMatchObject({ headline: "system", confidence: "high" });
	});

	it("aborted before its head was whole: R6", () => {
		const scene = new Scene("K1");
		scene.wire(chunk(BODY, 1, 20));
		expect(rules(scene.wire(chunk(BODY, 21, 60, { flag: "#" }))!)).toBe("R6");
		expect(messages(scene.drive).map(({ headline }) => headline)).toEqual(["incomplete", "incomplete"]);
		// The octets of the chunk that aborts are discarded (RFC 4975 §7.1.1), so its head counts as not received.
		expect(rules(new Scene("K1").wire(chunk(BODY, 1, BODY.length - 5, { flag: "#" }))!)).toBe("R6");
	});

	it("the disposition of the first chunk holds for all", () => {
		const scene = new Scene("K1");
		scene.wire(chunk(BODY, 1, 20, { head: ["Content-Disposition: attachment"] }));
		expect(scene.wire(chunk(BODY, 21, BODY.length))!.flags).toEqual(["attachment"]);
	});

	it("the same Message-ID on two connections: each waits for its own head", () => {
		const drive = new Drive({ classify: { given: { kind: "conference" } } });
		const [one, two] = [drive.connect("192.0.2.1:1", "192.0.2.2:2"), drive.connect("192.0.2.3:3", "192.0.2.4:4")];
		one!.send("a", chunk(BODY, 1, 30)).send("a", chunk(BODY, 31, HEAD));
		two!.send("a", chunk(BODY, 1, 30)).send("a", chunk(BODY, 31, HEAD));
		expect(messages(drive).map(({ headline }) => headline)).toEqual(["incomplete", "system", "incomplete", "system"]);
	});

	it("a message sent again under its Message-ID is read from its own octets", () => {
		const scene = new Scene("K1");
		scene.wire(chunk(BODY, 1, HEAD));
		scene.wire(chunk(BODY, HEAD + 1, BODY.length));
		const other = BODY.replace(S, "sip:alice@example.com");
		scene.wire(chunk(other, 1, 20));
		scene.wire(chunk(other, 21, other.length));
		expect(messages(scene.drive).map(({ headline }) => headline)).toEqual(["system", "system", "incomplete", "group"]);
	});

	it("what is learned between two chunks changes neither the message's verdict nor its history", () => {
		const scene = new Scene("K0");
		scene.call({ contact: "<sip:alice@192.0.2.77>", dialled: "sip:alice@example.com", chatroom: false });
		const body = BODY.replaceAll(S, "sip:alice@example.com");
		expect(scene.wire(chunk(body, 1, body.length - 5))!.headline).toBe("one-to-one");
		scene.refresh(`<${S}>;isfocus`, "sip:alice@example.com");
		scene.wire(chunk(body, body.length - 4, body.length));
		const verdicts = messages(scene.drive);
		expect(verdicts.map(({ headline }) => headline)).toEqual(["one-to-one", "one-to-one"]);
		expect(verdicts[1]!.knowledge.kind).toBe("one-to-one");
	});

	it("a head of many small chunks is judged in the end, at no quadratic cost", () => {
		const scene = new Scene("K1");
		const long = `From: <${S}>\r\nX-Pad: ${"x".repeat(60_000)}\r\nTo: <${S}>\r\n\r\nContent-Type: text/plain\r\n\r\nhello`;
		const began = process.cpuUsage().user;
		for (let at = 1; at <= long.length; at += 20) scene.wire(chunk(long, at, Math.min(long.length, at + 19)));
		expect((process.cpuUsage().user - began) / 1e6).toBeLessThan(20);
		expect(messages(scene.drive).at(-1)).toMatchObject({ headline: "system", confidence: "high" });
		expect(messages(scene.drive).at(-1)!.history).toHaveLength(256);
	});
});
