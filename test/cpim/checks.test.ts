import { describe, expect, test } from "vitest";
import { checkCpim } from "../../src/core/checks/cpim/index.js";
import { checkImdn } from "../../src/core/checks/imdn/index.js";
import { cpimOf, parseAll, parseText } from "./vectors.js";

describe("cpim.private-address-leak", () => {
	const message = parseText(
		"From: <sip:a@10.1.2.3:5060>\nTo: <sip:b@[fd00::1]>\ncc: <sip:c@example.com>\n\nContent-Type: text/plain\n\nhi",
	);
	test("private hosts in From and To while the peer is public", () => {
		expect(checkCpim(message, "203.0.113.9")).toEqual([
			{ id: "cpim.private-address-leak", offset: 7, length: 19, detail: "10.1.2.3" },
			{ id: "cpim.private-address-leak", offset: 34, length: 15, detail: "fd00::1" },
		]);
	});
	test.each(["10.9.9.9", "127.0.0.1", "fe80::1"])("not inside: peer %s", (peer) => expect(checkCpim(message, peer)).toEqual([]));
	test("not for public hosts and names", () => {
		expect(checkCpim(parseAll(cpimOf("examples/ex24-to-rewritten-by-alg.txt")), "203.0.113.9")).toEqual([]);
	});
});

describe("imdn.no-message-id and imdn.for-imdn", () => {
	const request = "NS: imdn <urn:ietf:params:imdn>\nimdn.Disposition-Notification: positive-delivery\n";
	const message = (headers: string, type: string, complete = true) =>
		parseText(`From: <sip:a@b>\nTo: <sip:c@d>\n${headers}\nContent-Type: ${type}\n\nhi`, complete);

	test("asked for without an id", () => {
		expect(checkImdn(message(request, "text/plain"))).toEqual([{ id: "imdn.no-message-id", offset: 65, length: 50 }]);
		expect(checkImdn(message(`${request}imdn.Message-ID: \n`, "text/plain")).map(({ id }) => id)).toEqual(["imdn.no-message-id"]);
	});
	test("a notification that asks for one", () => {
		expect(checkImdn(message(`${request}imdn.Message-ID: 1\n`, "message/imdn+xml"))).toEqual([
			{ id: "imdn.for-imdn", offset: 65, length: 50 },
		]);
	});
	test("captured: python3-msrplib asks for notifications of notifications, Linphone does not", () => {
		expect(checkImdn(parseAll(cpimOf("captures/msrplib-cpim-chunked-009.cpim"))).map(({ id }) => id)).toEqual(["imdn.for-imdn"]);
		for (let number = 1; number <= 8; number++) {
			expect(checkImdn(parseAll(cpimOf(`captures/linphone-cpim-imdn-00${number}.cpim`)))).toEqual([]);
		}
	});
	test("not on good traffic, nor before the headers are all there", () => {
		expect(checkImdn(message(`${request}imdn.Message-ID: 1\n`, "text/plain"))).toEqual([]);
		expect(checkImdn(message("", "message/imdn+xml"))).toEqual([]);
		expect(checkImdn(parseText(`From: <sip:a@b>\nTo: <sip:c@d>\n${request}`, false))).toEqual([]);
		for (const file of ["ex09-imdn-from-focus", "ex14-rcs-profile-group", "ex15-escapes-utf8-namespaces", "ex18-one-to-one-anonymous"]) {
			expect(checkImdn(parseAll(cpimOf(`examples/${file}.txt`)))).toEqual([]);
		}
	});
});
