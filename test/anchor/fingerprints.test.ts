import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { CallCertificates, mismatch } from "../../src/core/anchor/fingerprints.js";

const ONE = Buffer.from("a certificate");
const TWO = Buffer.from("another one");
const print = (name: string, hash: string, certificate: Buffer) =>
	`${name} ${createHash(hash).update(certificate).digest("hex").toUpperCase().match(/../g)!.join(":")}`;
const PRINT = print("SHA-256", "sha256", ONE);

describe("fingerprints (RFC 8122 §5)", () => {
	it("compares by every hash function that is known, one of several is enough, case counts for nothing", () => {
		expect(mismatch([PRINT], ONE)).toBeUndefined();
		expect(mismatch([PRINT.toLowerCase()], ONE)).toBeUndefined();
		expect(mismatch([print("sha-512", "sha512", TWO), print("sha-1", "sha1", ONE)], ONE)).toBeUndefined();
		expect(mismatch([PRINT], TWO)).toBe(`${print("SHA-256", "sha256", TWO)} was shown, ${PRINT} announced`);
		expect(mismatch([PRINT], undefined)).toBe(`no certificate was shown, ${PRINT} announced`);
	});

	it("says nothing where nothing comparable was announced", () => {
		expect(mismatch([], undefined)).toBeUndefined();
		expect(mismatch(["md2 AA:BB", ""], TWO)).toBeUndefined();
	});

	it("whoever connects before its description has come is compared when it comes", () => {
		const call = new CallCertificates();
		call.announce("a", 0, [print("SHA-256", "sha256", TWO)]);
		expect(call.opener("a", 0, TWO, "msrps://a")).toBeUndefined();
		expect(call.announce("b", 1, [PRINT])).toEqual([]);
		expect(call.announce("b", 0, [PRINT])).toEqual([
			`who connected for msrps://a: ${print("SHA-256", "sha256", TWO)} was shown, ${PRINT} announced`,
		]);
		expect(call.announce("b", 0, [PRINT])).toEqual([]);
		expect(call.opener("a", 0, ONE, "msrps://a")).toBeUndefined();
		expect(call.target("a", 0, TWO)).toBeUndefined();
		expect(call.target("a", 0, ONE)).toContain("was shown");
	});

	it("of the branches of a forked call any may connect", () => {
		const call = new CallCertificates();
		call.announce("b", 0, [print("SHA-256", "sha256", TWO)]);
		call.announce("c", 0, [PRINT]);
		expect(call.opener("a", 0, ONE, "msrps://a")).toBeUndefined();
		expect(call.opener("a", 0, Buffer.from("a third"), "msrps://a")).toContain("was shown");
	});
});
