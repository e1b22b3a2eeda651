import { describe, expect, it } from "vitest";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import {
	decodeMsrpMessage,
	findMsrpStart,
	looksLikeMsrp,
	type MsrpDecoderOptions,
	MsrpStreamDecoder,
} from "../../src/core/protocols/msrp/index.js";
import type { MsrpFrame } from "../../src/core/protocols/msrp/types.js";
import { FROM, octets, request, response, TO } from "./make.js";

/** Events in words. */
function listen(options?: MsrpDecoderOptions): { events: string[]; decoder: MsrpStreamDecoder; frames: MsrpFrame[] } {
	const events: string[] = [];
	const frames: MsrpFrame[] = [];
	const decoder = new MsrpStreamDecoder(
		{
			frame: (frame) => {
				frames.push(frame.retain());
				const problems = (frame.problems ?? []).map(({ id, offset }) => ` ${id}@${offset}`).join("");
				events.push(`${frame.complete ? "frame" : "cut"} ${frame.transactionId} ${frame.offset}+${frame.length}${problems}`);
			},
			skipped: (offset, length) => events.push(`skipped ${offset}+${length}`),
			problem: ({ id, offset }) => events.push(`${id}@${offset}`),
		},
		options,
	);
	return { events, decoder, frames };
}

function feed(decoder: MsrpStreamDecoder, text: string): void {
	const buf = octets(text);
	decoder.feed(buf, 0, buf.length);
}

const BARE = request().length;

describe("MSRP stream decoder", () => {
	it("begins inside a stream without an accusation", () => {
		const { events, decoder } = listen({ midStream: true });
		feed(decoder, `half of a body\r\n-------other0001$\r\n${request({ body: "x", range: "1-1/1" })}`);
		decoder.end();
		expect(events).toEqual(["skipped 0+35", "msrp.resync@35", "frame tid0001 35+201"]);
	});

	it("says nothing when a stream that is joined late happens to begin with a frame", () => {
		const { events, decoder } = listen({ midStream: true });
		feed(decoder, request());
		decoder.end();
		expect(events).toEqual([`frame tid0001 0+${BARE}`]);
	});

	it("closes the open frame at a gap and goes on after it", () => {
		const whole = request({ body: "hello world", range: "1-11/11" });
		for (const cut of [30, whole.length - 25]) {
			const { events, decoder } = listen();
			feed(decoder, whole.slice(0, cut));
			decoder.gap(1000);
			feed(decoder, `rest\r\n${request({ id: "tid0002" })}`);
			decoder.end();
			const next = cut + 1000 + 6;
			expect(events).toEqual([
				`cut tid0001 0+${cut} msrp.truncated-frame@0`,
				`skipped ${cut + 1000}+6`,
				`msrp.resync@${next}`,
				`frame tid0002 ${next}+${BARE}`,
			]);
			expect(decoder.consumed).toBe(next + BARE);
		}
	});

	it("takes a gap between frames, and one while octets are being dropped", () => {
		const { events, decoder } = listen();
		feed(decoder, request());
		decoder.gap(0);
		feed(decoder, `${request({ id: "tid0002" })}garbage `);
		decoder.gap(10);
		feed(decoder, `more\r\n${request({ id: "tid0003" })}`);
		decoder.end();
		const lost = BARE * 2;
		expect(events).toEqual([
			`frame tid0001 0+${BARE}`,
			`frame tid0002 ${BARE}+${BARE}`,
			`msrp.bad-start-line@${lost}`,
			`skipped ${lost}+8`,
			`skipped ${lost + 18}+6`,
			`msrp.resync@${lost + 24}`,
			`frame tid0003 ${lost + 24}+${BARE}`,
		]);
	});

	it("drops a start line above the line limit", () => {
		const { events, decoder } = listen();
		feed(decoder, `MSRP ${"a".repeat(20_000)} SEND\r\n${request()}`);
		expect(events).toEqual(["msrp.header-too-large@0", "skipped 0+20012", "msrp.resync@20012", `frame tid0001 20012+${BARE}`]);
	});

	it("reports an unfinished line at the end of the stream", () => {
		for (const [text, id] of [
			["MSRP abcd SEN", "msrp.truncated-frame"],
			["\r", "msrp.bad-start-line"],
		] as const) {
			const { events, decoder } = listen();
			feed(decoder, text);
			decoder.end();
			expect(events).toEqual([`${id}@0`, `skipped 0+${text.length}`]);
		}
	});

	it("keeps the first octets of a long body and counts the rest", () => {
		const limits = { ...DEFAULT_LIMITS, inspect: 1000 };
		const body = "0123456789".repeat(50_000);
		const text = request({ body, range: "1-*/*" }) + request({ id: "tid0002" });
		for (const step of [text.length, 70_000, 1448, 97]) {
			const { frames, decoder } = listen({ limits });
			for (let at = 0; at < text.length; at += step) feed(decoder, text.slice(at, at + step));
			const [long, next] = frames;
			expect([long!.bodyLength, long!.bodyKept, long!.length, long!.end - long!.start]).toEqual([
				500_000,
				1000,
				text.length - BARE,
				text.indexOf("0123456789") + 1000,
			]);
			expect(long!.bytes.toString("latin1", long!.start + long!.bodyOffset, long!.end)).toBe(body.slice(0, 1000));
			expect([next!.offset, next!.complete]).toEqual([text.length - BARE, true]);
		}
	});

	it("finds frames in a body that lost its end-line, as far as its octets are kept", () => {
		const limits = { ...DEFAULT_LIMITS, inspect: 2000 };
		const lost = request({ body: "lost", range: "1-4/4" }).replace("-------tid0001$\r\n", "");
		const filler = request({ id: "tid0003", body: "y".repeat(200_000), range: "1-*/*" });
		const text = lost + request({ id: "tid0002" }) + filler;
		for (const step of [text.length, 1448]) {
			const { events, decoder } = listen({ limits });
			for (let at = 0; at < text.length; at += step) feed(decoder, text.slice(at, at + step));
			expect(events).toEqual([]);
			decoder.end();
			const kept = lost.indexOf("lost") + 2000;
			const third = lost.length + BARE;
			expect(events).toEqual([
				`cut tid0001 0+${lost.length} msrp.end-line-missing@${lost.length}`,
				`frame tid0002 ${lost.length}+${BARE}`,
				`cut tid0003 ${third}+${kept - third} msrp.truncated-frame@0`,
				`skipped ${kept}+${text.length - kept}`,
			]);
		}
	});

	it("lends a frame until it is retained", () => {
		const buf = octets(request({ headers: ["X-Name: v"], body: "hello", range: "1-5/5" }));
		let frame: MsrpFrame | undefined;
		const decoder = new MsrpStreamDecoder({
			frame: (found) => {
				frame = found;
				expect(found.bytes).toBe(buf);
				found.retain();
			},
			skipped: () => {},
			problem: () => {},
		});
		decoder.feed(buf, 0, buf.length);
		buf.fill(0);
		expect(frame!.bytes.toString("latin1", frame!.start + frame!.bodyOffset, frame!.start + frame!.bodyOffset + frame!.bodyKept)).toBe(
			"hello",
		);
		expect([frame!.get("x-name"), frame!.get("message-id"), frame!.messageId, frame!.contentType]).toEqual([
			"v",
			"m-1",
			"m-1",
			"text/plain",
		]);
		expect([frame!.toPath, frame!.fromPath, frame!.byteRange]).toEqual([[TO], [FROM], { start: 1, end: 5, total: 5 }]);
	});

	it("gives offsets of header lines and values", () => {
		const text = request({ headers: ["X-Odd: \t two words \t"] });
		const { frames, decoder } = listen();
		feed(decoder, text);
		const row = frames[0]!.row("x-odd")!;
		expect([row.name, row.value]).toEqual(["X-Odd", "two words"]);
		expect(text.slice(row.start, row.end)).toBe("X-Odd: \t two words \t\r\n");
		expect(text.slice(row.valueStart, row.valueEnd)).toBe("two words");
		expect([frames[0]!.row("x-none"), frames[0]!.get("x-none"), frames[0]!.get("status")]).toEqual([undefined, undefined, undefined]);
	});

	it("decodes comments and values as UTF-8", () => {
		const { frames, decoder } = listen();
		feed(decoder, Buffer.from(response("tid0001", "200 Käse").replace("To-Path", "X-Name: Zoë\r\nTo-Path"), "utf8").toString("latin1"));
		expect([frames[0]!.comment, frames[0]!.get("x-name"), frames[0]!.toPath]).toEqual(["Käse", "Zoë", [FROM]]);
	});

	it("keeps Byte-Range positions exact", () => {
		const { frames, decoder } = listen();
		feed(decoder, request({ range: "9007199254740991-9007199254740993/*" }));
		expect(frames[0]!.byteRange).toEqual({ start: 9007199254740991, end: 9007199254740993n, total: undefined });
	});

	it("reports a look-alike each time, up to a bound", () => {
		const { frames, decoder } = listen();
		feed(decoder, request({ body: "-------tid0001$ ".repeat(40), range: "1-640/640" }));
		expect(frames[0]!.problems!.map(({ id }) => id)).toEqual(new Array(16).fill("msrp.end-line-lookalike"));
		expect(frames[0]!.bodyLength).toBe(640);
	});
});

describe("one MSRP chunk in a WebSocket message", () => {
	it("gives the frame in place", () => {
		const buf = octets(`..${request({ body: "hello", range: "1-5/5" })}`);
		const { frame, consumed } = decodeMsrpMessage(buf, 2, buf.length);
		expect([frame?.complete, frame?.bytes === buf, frame?.start, consumed, frame?.problems]).toEqual([true, true, 2, buf.length - 2, null]);
	});

	it("tells of octets that are left and of a frame that is not whole", () => {
		const text = request({ body: "hello", range: "1-5/5" });
		const two = octets(text + response("tid0002", "200 OK"));
		expect(decodeMsrpMessage(two, 0, two.length).consumed).toBe(text.length);
		const cut = decodeMsrpMessage(two, 0, text.length - 4);
		expect([cut.frame?.complete, cut.frame?.problems?.map(({ id }) => id)]).toEqual([false, ["msrp.truncated-frame"]]);
		expect(decodeMsrpMessage(octets("hello"), 0, 5)).toEqual({ frame: undefined, consumed: 0 });
		expect(decodeMsrpMessage(octets(""), 0, 0)).toEqual({ frame: undefined, consumed: 0 });
	});
});

describe("detection", () => {
	const looks = (text: string): string => looksLikeMsrp(octets(text), 0, text.length);

	it("knows a start line", () => {
		for (const text of [request(), response("tid0001", "200 OK"), "MSRP abc send\r\n", "MSRP\tabcd SEND\n"])
			expect([text, looks(text)]).toEqual([text, "yes"]);
	});

	it("waits for octets that decide", () => {
		for (const text of ["", "M", "MSRP", "MSRP ", "MSRP abcd SEND"]) expect([text, looks(text)]).toEqual([text, "maybe"]);
	});

	it("refuses what is something else", () => {
		const other = [
			"INVITE sip:a@b SIP/2.0\r\n",
			"\x16\x03\x01",
			"GET / HTTP/1.1\r\n",
			"msrp abcd SEND\r\n",
			"MSRP is a protocol\r\n",
			"MSRPX",
			`MSRP ${"a".repeat(1100)}`,
		];
		for (const text of other) expect([text, looks(text)]).toEqual([text, "no"]);
	});

	it("finds the first start line", () => {
		const find = (text: string): number => findMsrpStart(octets(text), 0, text.length);
		expect(find("MSRP is a word\r\n MSRP abcd SEND\r\n\nMSRP abcd SEND\r\n")).toBe(34);
		expect([find(request()), find("nothing\r\nhere"), find("")]).toEqual([0, -1, -1]);
	});
});
