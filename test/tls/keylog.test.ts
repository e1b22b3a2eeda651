import { describe, expect, it } from "vitest";
import { createKeyLog, looksLikeTls } from "../../src/core/protocols/tls/index.js";

const random = (octet: string) => octet.repeat(32);
const SECRET = "ab".repeat(48);

describe("NSS key log", () => {
	it("LF, CRLF, CR, comments, empty lines and no end of line", () => {
		for (const end of ["\n", "\r\n", "\r"]) {
			const log = createKeyLog();
			log.add(
				["# comment", "", `CLIENT_RANDOM ${random("0a")} ${SECRET}`, `CLIENT_TRAFFIC_SECRET_0 ${random("0B")} ${"cd".repeat(32)}`].join(
					end,
				),
			);
			expect(log.size).toBe(2);
			expect(log.malformed).toBe(0);
			expect(log.secret(random("0a"), "CLIENT_RANDOM")?.toString("hex")).toBe(SECRET);
			expect(log.secret(random("0b"), "CLIENT_TRAFFIC_SECRET_0")?.length).toBe(32);
			expect(log.secret(random("0b"), "CLIENT_RANDOM")).toBe(undefined);
		}
	});

	it("unknown labels are ignored, malformed lines counted", () => {
		const log = createKeyLog();
		log.add(
			[
				`EXPORTER_SECRET ${random("01")} ${SECRET}`,
				`RSA 0123456789abcdef ${SECRET}`,
				`CLIENT_RANDOM ${random("01")}`,
				`CLIENT_RANDOM xyz ${SECRET}`,
				`CLIENT_RANDOM ${random("01")} abcd`,
				`CLIENT_RANDOM ${random("01")} ${"ab".repeat(32)}`,
				"x".repeat(100_000),
				`  CLIENT_RANDOM\t${random("02")}  ${SECRET}  `,
			].join("\n"),
		);
		expect([log.size, log.ignored, log.malformed]).toEqual([1, 2, 5]);
	});

	it("is bounded: the oldest connections go", () => {
		const log = createKeyLog({ connections: 3 });
		for (let i = 1; i <= 5; i++) log.add(`CLIENT_RANDOM ${random(`0${i}`)} ${SECRET}`);
		expect(log.size).toBe(3);
		expect(log.revision).toBe(5);
		expect(log.secret(random("02"), "CLIENT_RANDOM")).toBe(undefined);
		expect(log.secret(random("03"), "CLIENT_RANDOM")?.length).toBe(48);
	});
});

describe("looksLikeTls", () => {
	const ask = (hex: string) => {
		const buf = Buffer.from(`ff${hex}ff`, "hex");
		return looksLikeTls(buf, 1, buf.length - 1);
	};
	it.each([
		["", "maybe"],
		["16", "maybe"],
		["160301", "maybe"],
		["1603010200", "yes"],
		["160301020001", "yes"],
		["1703030100", "yes"],
		["1403030001", "yes"],
		["1403030002", "no"],
		["1703030000", "no"],
		["170303ffff", "no"],
		["1603050100", "no"],
		["1602", "no"],
		["4d535250", "no"],
		["18030300", "no"],
	])("%s: %s", (hex, expected) => {
		expect(ask(hex)).toBe(expected);
	});
});
