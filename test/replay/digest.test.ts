import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { Credentials } from "../../src/core/replay/credentials.js";
import { answerChallenge, digestParams, parseChallenge } from "../../src/core/replay/digest.js";
import { Planner } from "../../src/core/replay/plan.js";
import { createFocus } from "../../src/demo/index.js";
import { parsePlace } from "../../src/shell/net/links/index.js";
import { replay } from "../../src/shell/replay/replay.js";
import { ALICE, FACTORY, TestRoom } from "../demo/room.js";
import { faults } from "./sides.js";

const response = (header: string): string | undefined => digestParams(header)?.get("response");

describe("digest", () => {
	it.each([
		["MD5", "8ca523f5e9506fed4657c9700eebdbec"],
		["SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"],
	])("RFC 7616 §3.9.1 with %s", (algorithm, expected) => {
		const challenge = parseChallenge(
			`Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`,
		)!;
		const answer = answerChallenge(challenge, {
			user: "Mufasa",
			password: "Circle of Life",
			method: "GET",
			uri: "/dir/index.html",
			body: Buffer.alloc(0),
			cnonce: "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ",
			count: 1,
		});
		expect(response(answer)).toBe(expected);
		expect(answer).toContain(`algorithm=${algorithm}, opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", qop=auth, nc=00000001`);
	});

	it("RFC 2617 §3.5", () => {
		const challenge = parseChallenge(
			'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093", opaque="5ccc069c403ebaf9f0171e9517f40e41"',
		)!;
		const answer = answerChallenge(challenge, {
			user: "Mufasa",
			password: "Circle Of Life",
			method: "GET",
			uri: "/dir/index.html",
			body: Buffer.alloc(0),
			cnonce: "0a4f113b",
			count: 1,
		});
		expect(response(answer)).toBe("6629fae49393a05397450978507c4ef1");
	});

	it("what is no digest, or with an algorithm that nobody knows, is no challenge", () => {
		for (const value of ['Basic realm="x"', 'Digest realm="x"', 'Digest nonce="1", algorithm=ROT13', "", "Digest"])
			expect(parseChallenge(value)).toBeUndefined();
	});

	it("whatever is quoted comes back", () => {
		fc.assert(
			fc.property(fc.string(), fc.string(), (realm, user) => {
				const challenge = { realm, nonce: "n", algorithm: undefined, opaque: undefined, qop: undefined, stale: false };
				const answering = { user, password: "p", method: "REGISTER", uri: "sip:x", body: Buffer.alloc(0), cnonce: "c", count: 1 };
				const params = digestParams(answerChallenge(challenge, answering))!;
				expect([params.get("realm"), params.get("username")]).toEqual([realm, user]);
			}),
		);
	});

	it("any text is read without an error", () => {
		fc.assert(fc.property(fc.string(), (text) => void parseChallenge(`Digest ${text}`)));
	});
});

const request = (number: number, method = "REGISTER", more = ""): Buffer =>
	Buffer.from(
		`${method} sip:example.com SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bKold${number}\r\nFrom: <sip:alice@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\nCall-ID: c\r\nCSeq: ${number} ${method}\r\n${more}Content-Length: 0\r\n\r\n`,
	);
const refusal = (number: number, method = "REGISTER", challenge = 'realm="r", nonce="n1"', status = 401): Buffer =>
	Buffer.from(
		`SIP/2.0 ${status} Unauthorized\r\nVia: SIP/2.0/TCP a;branch=z9hG4bKold${number}\r\nFrom: <sip:alice@example.com>;tag=1\r\nTo: <sip:b@example.com>;tag=2\r\nCall-ID: c\r\nCSeq: ${number} ${method}\r\n${status === 407 ? "Proxy" : "WWW"}-Authenticate: Digest ${challenge}\r\nContent-Length: 0\r\n\r\n`,
	);
const row = (octets: Buffer, name: string): string | undefined => new RegExp(`^${name}: (.*)\r$`, "m").exec(octets.toString())?.[1];

describe("a challenge that the capture lacks", () => {
	it("is answered by the request again, with the next number, another branch and credentials; what follows is counted on", () => {
		const credentials = new Credentials({ password: "secret", fresh: (length) => "f".repeat(length) });
		const first = credentials.outgoing(request(1), "sip");
		expect(first).toEqual(request(1));
		const [again, ...more] = credentials.received(refusal(1), "sip", false);
		expect(more).toEqual([]);
		expect([row(again!, "CSeq"), row(again!, "Via")]).toEqual(["2 REGISTER", "SIP/2.0/TCP a;branch=z9hG4bKffffffffffffffff"]);
		expect(row(again!, "Authorization")).toMatch(
			/^Digest username="alice", realm="r", nonce="n1", uri="sip:example.com", response="[0-9a-f]{32}"$/,
		);
		expect(row(credentials.outgoing(request(2), "sip"), "CSeq")).toBe("3 REGISTER");
	});

	it("of an INVITE is acknowledged first", () => {
		const credentials = new Credentials({ user: "bob", password: "secret", fresh: (length) => "f".repeat(length) });
		credentials.outgoing(request(1, "INVITE", "Route: <sip:p;lr>\r\n"), "sip");
		const [ack, again] = credentials.received(refusal(1, "INVITE", 'realm="r", nonce="n1", qop="auth"', 407), "sip", false);
		expect(ack!.toString().split("\r\n")).toEqual([
			"ACK sip:example.com SIP/2.0",
			"Via: SIP/2.0/TCP a;branch=z9hG4bKold1",
			"Route: <sip:p;lr>",
			"Max-Forwards: 70",
			"From: <sip:alice@example.com>;tag=1",
			"To: <sip:b@example.com>;tag=2",
			"Call-ID: c",
			"CSeq: 1 ACK",
			"Content-Length: 0",
			"",
			"",
		]);
		expect(row(again!, "Proxy-Authorization")).toMatch(/^Digest username="bob".*qop=auth, nc=00000001, cnonce="f{16}"$/);
		// The ACK of the 2xx has the number of the INVITE that was answered.
		expect(row(credentials.outgoing(request(1, "ACK"), "sip"), "CSeq")).toBe("2 ACK");
	});

	it("a refused password is not tried again, a stale nonce is", () => {
		const twice = (challenge: string): number => {
			const credentials = new Credentials({ password: "wrong", fresh: (length) => "f".repeat(length) });
			credentials.outgoing(request(1), "sip");
			credentials.received(refusal(1), "sip", false);
			return credentials.received(refusal(2, "REGISTER", challenge), "sip", false).length;
		};
		expect(twice('realm="r", nonce="n2"')).toBe(0);
		expect(twice('realm="r", nonce="n2", stale=true')).toBe(1);
	});

	it("no challenge, no answer: other refusals, and challenges that the capture has, go their way", () => {
		const credentials = new Credentials({ password: "secret", fresh: (length) => "f".repeat(length) });
		credentials.outgoing(request(1), "sip");
		expect(credentials.received(refusal(1, "REGISTER", 'realm="r", nonce="n1"'), "sip", true)).toEqual([]);
		const answer = credentials.outgoing(
			request(2, "REGISTER", 'Authorization: Digest username="carol", nonce="old", response="0"\r\n'),
			"sip",
		);
		expect(row(answer, "Authorization")).toMatch(/^Digest username="carol", realm="r", nonce="n1"/);
		expect(row(answer, "CSeq")).toBe("2 REGISTER");
	});
});

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
	for (const one of open.splice(0)) await one.close();
});

describe("a recorded client at a live focus that asks for credentials", () => {
	const digest = { realm: "example.com", users: { alice: "new secret" } };

	async function played(recordedDigest: typeof digest | undefined, options: { user?: string; password?: string }) {
		const room = await new TestRoom().start(recordedDigest === undefined ? {} : { digest: recordedDigest });
		const alice = await room.client(ALICE, { password: "old secret" });
		await alice.register();
		await (await alice.call(FACTORY)).bye();
		await room.close();
		const planner = new Planner("client");
		for (const entry of room.entries) planner.add(entry);
		const focus = await createFocus({ listen: ["tcp://127.0.0.1:0"], digest });
		open.push(focus);
		return replay(planner.finish(), { to: parsePlace(focus.places[0]!), timeout: 1000, ...options });
	}

	it("that did so in the capture, with another password", async () => {
		const report = await played({ realm: "example.com", users: { alice: "old secret" } }, { password: "new secret" });
		expect(report.steps.some(({ step }) => step.summary === "401 to REGISTER")).toBe(true);
		expect(faults(report)).toEqual([]);
	});

	it("that did not in the capture", async () => {
		const report = await played(undefined, { user: "alice", password: "new secret" });
		expect(report.steps.some(({ step }) => step.summary === "401 to REGISTER")).toBe(false);
		expect(faults(report)).toEqual([]);
	});

	it("and gets a wrong one", async () => {
		const report = await played(undefined, { password: "wrong" });
		expect(faults(report)).toContainEqual(expect.stringContaining("200 to REGISTER played status: 200 to REGISTER | 401 to REGISTER"));
	});
});
