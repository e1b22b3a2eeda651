import { fileURLToPath } from "node:url";
import { describe, expect, expectTypeOf, it } from "vitest";
import {
	analyzeCapture,
	type CaptureInfo,
	DEFAULT_LIMITS,
	diagnostic,
	type Entry,
	type Flow,
	type MsrpEntry,
	Pipeline,
	type Problem,
	type Severity,
	type SipEntry,
} from "../../src/index.js";

const capture = fileURLToPath(new URL("../../captures/sylkserver-conference.pcapng", import.meta.url));

describe("the library", () => {
	it("decodes a capture to entries", async () => {
		const senders: string[] = [];
		const { info, pipeline } = await analyzeCapture(
			capture,
			{},
			{
				entry(entry) {
					if (entry.protocol === "msrp" && entry.cpim) senders.push(entry.cpim.from[0]?.uriText ?? "");
				},
			},
		);
		expect(info.format).toBe("pcapng");
		expect(senders).toHaveLength(42);
		expect(new Set(senders)).toEqual(new Set(["sip:room@127.0.0.1", "sip:alice@127.0.0.1", "sip:bob@127.0.0.1", "sip:carol@127.0.0.1"]));
		expect([...pipeline.sessions.sessions()].map((session) => session.kind)).toEqual(["call", "call", "call"]);
	});

	it("decodes octets of a connection of one's own", () => {
		const seen: string[] = [];
		const pipeline = new Pipeline({ onEntry: (entry) => seen.push(entry.protocol === "msrp" ? entry.msrp.transactionId : entry.protocol) });
		const at = { sec: 0, nsec: 0, packet: 0 };
		const flow: Flow = {
			id: 1,
			transport: "tcp",
			a: { address: "192.0.2.1", port: 1 },
			b: { address: "192.0.2.2", port: 2 },
			openerKnown: true,
			midStream: false,
			tunnels: [],
			began: at,
		};
		const octets = Buffer.from(
			"MSRP abcd SEND\r\nTo-Path: msrp://b:1/x;tcp\r\nFrom-Path: msrp://a:1/y;tcp\r\nMessage-ID: mmmm\r\n-------abcd$\r\n",
		);
		pipeline.openFlow(flow).data(0, octets, 0, octets.length, at);
		pipeline.finish();
		expect(seen).toEqual(["abcd"]);
	});

	it("says what a finding means", () => {
		expect(diagnostic("msrp.bad-uri")).toEqual({
			severity: "error",
			clause: "RFC 4975 §9",
			summary: "path entry is not an msrp or msrps URI",
		});
	});

	it("rejects what is no capture with a sentence", async () => {
		await expect(analyzeCapture(fileURLToPath(import.meta.url), {}, { entry() {} })).rejects.toThrow(/not a capture|no capture|text/i);
	});

	it("has these types", () => {
		expectTypeOf<Entry>().toExtend<{ number: number; problems: Problem[] }>();
		expectTypeOf<SipEntry["sip"]["status"]>().toEqualTypeOf<number>();
		expectTypeOf<MsrpEntry["msrp"]["messageId"]>().toEqualTypeOf<string | undefined>();
		expectTypeOf<Severity>().toEqualTypeOf<"error" | "warn" | "note" | "chat">();
		expectTypeOf(analyzeCapture).returns.resolves.toExtend<{ info: CaptureInfo }>();
		expectTypeOf(DEFAULT_LIMITS.inspect).toEqualTypeOf<number>();
	});
});
