import { describe, expect, it } from "vitest";
import { MsrpStreamDecoder } from "../../src/core/protocols/msrp/index.js";
import { octets, request } from "./make.js";

const [HEAD, END] = request({ body: "|", range: "1-*/*", type: "application/octet-stream" }).split("|") as [string, string];

/** Streams a body of `total` octets made of `pattern`; returns frame facts, CPU seconds and the growth of memory. */
function stream(
	pattern: Buffer,
	total: number,
	step = pattern.length,
): { bodyLength: number; delivered: number; cpu: number; grown: number } {
	let bodyLength = -1;
	let delivered = 0;
	const decoder = new MsrpStreamDecoder({
		body: (_frame, _buf, start, end) => {
			delivered += end - start;
		},
		frame: (frame) => {
			bodyLength = frame.bodyLength;
			expect([frame.complete, frame.bodyKept]).toEqual([true, Math.min(frame.bodyLength, 1 << 20)]);
		},
		skipped: () => expect.unreachable(),
		problem: () => expect.unreachable(),
	});
	const before = process.memoryUsage();
	const cpu = process.cpuUsage();
	const feed = (buf: Buffer): void => decoder.feed(buf, 0, buf.length);
	feed(octets(HEAD));
	let sent = 0;
	while (sent < total) {
		for (let at = 0; at < pattern.length; at += step) decoder.feed(pattern, at, Math.min(pattern.length, at + step));
		sent += pattern.length;
	}
	feed(octets(END));
	const spent = process.cpuUsage(cpu);
	const after = process.memoryUsage();
	decoder.end();
	expect(bodyLength).toBe(sent);
	return {
		bodyLength,
		delivered,
		cpu: (spent.user + spent.system) / 1e6,
		grown: after.arrayBuffers + after.external - before.arrayBuffers - before.external,
	};
}

function filled(text: string, size = 64 << 10): Buffer {
	return Buffer.alloc(size, text, "latin1");
}

describe("MSRP bodies of any length", () => {
	it("streams 300 MB in constant memory", () => {
		const random = Buffer.alloc(64 << 10);
		let x = 1;
		for (let i = 0; i < random.length; i++) {
			x = (Math.imul(x, 1103515245) + 12345) >>> 0;
			random[i] = x >>> 24;
		}
		const { bodyLength, delivered, grown } = stream(random, 300e6);
		expect(delivered).toBe(bodyLength);
		expect(grown).toBeLessThan(16 << 20);
	});

	it("stays linear where every line nearly ends the frame", () => {
		const hostile = ["\r\n-------", "-", "\r\n-------tid0001!", "-------tid0001$.", "\r\n-------tid0001$\r", "\n", "\r\nMSRP aaaa SEND"];
		for (const text of hostile) {
			for (const step of [64 << 10, 1448]) {
				const small = stream(filled(text), 2e6, step).cpu;
				const large = stream(filled(text), 16e6, step).cpu;
				// Eight times the octets: a quadratic search would take 64 times the time.
				expect(large).toBeLessThan(Math.max(small, 0.02) * 8 * 3);
			}
		}
	});

	it("looks for lost frames in linear time at the end of the stream", () => {
		for (const line of ["MSRP aaaa SEND\r\n", "MSRP aaaa SEND\r\n-------aaaa!\r\n", "MSRP aaaa SEND\r\nMSRP bbbb SEND\r\nX: y\r\n\r\n"]) {
			const decoder = new MsrpStreamDecoder({ frame: () => {}, skipped: () => {}, problem: () => {} });
			const feed = (text: string): void => decoder.feed(octets(text), 0, text.length);
			feed(HEAD);
			feed(`\r\n${line.repeat(Math.floor(900_000 / line.length))}\r\n-------aaaa$\r\n`);
			const cpu = process.cpuUsage();
			decoder.end();
			const spent = process.cpuUsage(cpu);
			expect((spent.user + spent.system) / 1e6).toBeLessThan(3);
		}
	});
});
