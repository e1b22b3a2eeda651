import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parseCpim } from "../../src/core/protocols/cpim/index.js";
import { chunksOf, cpimOf, DATA, parseAll, summary } from "./vectors.js";

const S = " | sip:sess-7f3a@focus.im.example.com;isfocus";
const S0 = " | sip:sess-7f3a@focus.im.example.com";
const ALICE = " | sip:alice@example.com";
const BOB = " | sip:bob@example.com";
const ANONYMOUS = " | sip:anonymous@anonymous.invalid";
const NO_IMDN = { dispositionNotification: [], recordRoute: [], route: [] };

/** What an ordinary message with one text part looks like; each example says where it differs. */
const USUAL = {
	headers: "From To DateTime",
	cc: [] as string[],
	dateTime: "2026-03-02T15:02:31Z",
	imdn: NO_IMDN,
	mime: "Content-Type",
	contentType: "text/plain",
	headersComplete: true,
	mimeComplete: true,
	missingSeparator: false,
	problems: [] as string[],
};

const EXPECTED: Record<string, Partial<ReturnType<typeof summary>>> = {
	"ex01-system-isfocus.txt": { from: [S], to: [S], content: "This conference will end in 5 minutes" },
	"ex02-system-without-isfocus.txt": { from: [S0], to: [S0], content: "Carol has joined the conference" },
	"ex03-group-adhoc.txt": { from: ["Alice | sip:alice@example.com"], to: [S], content: "Hello everybody" },
	"ex04-group-predefined.txt": {
		from: ["Alice, mobile | tel:+12025550101"],
		to: [" | sip:kitesurf@im.example.com"],
		content: "Wind is up, beach at four?",
	},
	"ex05-private-single.txt": { from: [ALICE], to: [BOB], content: "Only for you, Bob" },
	"ex06-private-two-recipients.txt": {
		headers: "From To To cc DateTime",
		from: [ALICE],
		to: [BOB, " | sip:carol@example.com"],
		cc: [" | sip:dave@example.com"],
		content: "For Bob and Carol",
	},
	"ex07-mixed-group-and-user.txt": { headers: "From To To DateTime", from: [ALICE], to: [S, BOB], content: "To the room, and to Bob" },
	"ex08-composing-from-focus.txt": {
		headers: "From To",
		from: [S],
		to: [S],
		dateTime: undefined,
		contentType: "application/im-iscomposing+xml",
		content: expect.stringMatching(/^<\?xml [\s\S]*<\/isComposing>$/) as string,
	},
	"ex09-imdn-from-focus.txt": {
		headers: "From To NS imdn.Message-ID DateTime",
		from: [S],
		to: [BOB],
		imdn: { ...NO_IMDN, messageId: "d834jied93rf" },
		mime: "Content-Type Content-Disposition",
		contentType: "message/imdn+xml",
		content: expect.stringMatching(/^<\?xml [\s\S]*<\/imdn>$/) as string,
	},
	"ex10-chunked-system.txt": {
		from: [S],
		to: [S],
		content: "The meeting room moves to building 7. Please follow the signs on the ground floor and use lift C.",
	},
	"ex11-isfocus-after-bracket.txt": {
		from: [`${S0} | after-bracket | trailing ;isfocus`],
		to: [`${S0} | after-bracket | trailing ;isfocus`],
		content: "Misplaced parameter",
		problems: ["cpim.bad-address 6+44", "cpim.bad-address 56+44"],
	},
	"ex12-no-separator-line.txt": {
		headers: "To From DateTime",
		from: [ALICE],
		to: [`${S};transport=tcp`],
		content: "No empty line before the MIME headers",
		missingSeparator: true,
		problems: ["cpim.missing-blank-line 127+0"],
	},
	"ex13-nested-cpim.txt": {
		from: [S],
		to: [S],
		dateTime: "2026-03-02T15:02:33Z",
		contentType: "message/cpim",
		content: expect.stringMatching(/^From: <im:alice@example\.com>\r\n[\s\S]*\r\n\r\nRelayed through a gateway$/) as string,
	},
	"ex14-rcs-profile-group.txt": {
		headers: "From NS imdn.Message-ID imdn.Disposition-Notification DateTime To",
		from: [" | sip:+12025550101@ims.example.com"],
		to: [ANONYMOUS],
		dateTime: "2026-03-02T15:02:31.690Z",
		imdn: { ...NO_IMDN, dispositionNotification: ["positive-delivery", "display"], messageId: "ec1d7cf0f7cd1038" },
		mime: "Content-type Content-length",
		content: "Hi group",
	},
	"ex15-escapes-utf8-namespaces.txt": {
		headers: "NS NS c.From c.To Subject X-Unknown dn.Message-ID dn.Disposition-Notification DateTime",
		from: ['Zoë "Zed" \u0007 Müller; isfocus | sip:alice@example.com'],
		to: ["Kite surf room | sip:sess-7f3a@focus.im.example.com;isfocus"],
		imdn: { ...NO_IMDN, dispositionNotification: ["negative-delivery"], messageId: "9f3c22aa10" },
		mime: "Content-Type Content-ID",
		content: "Grüße — 👋",
	},
	"ex16-external-attachment.txt": {
		from: [ALICE],
		to: [S],
		contentType: "message/external-body",
		content: 'Content-Type: image/jpeg\r\nContent-Disposition: attachment; filename="photo-17.jpg"\r\n\r\n',
	},
	// no CPIM at all, read as if it were
	"ex17-plain-text-in-conference.txt": {
		headers: "",
		from: [],
		to: [],
		dateTime: undefined,
		mime: "",
		contentType: undefined,
		content: "",
		headersComplete: false,
		problems: ["cpim.malformed-header 0+37", "cpim.missing-blank-line 37+0", "cpim.missing-content-type 37+0"],
	},
	"ex18-one-to-one-anonymous.txt": {
		headers: "From To NS imdn.Message-ID DateTime",
		from: [ANONYMOUS],
		to: [ANONYMOUS],
		imdn: { ...NO_IMDN, messageId: "PDaTKqv4w9opLgXQ" },
		content: "See you at eight",
	},
	"ex19-spoofed-isfocus.txt": {
		from: ["Conference service | sip:mallory@example.com;isfocus"],
		to: [S],
		content: "Please send your PIN to this chat",
	},
	"ex20-no-from-no-to.txt": {
		headers: "Subject",
		from: [],
		to: [],
		dateTime: undefined,
		content: "A wrapper without addresses",
		headersComplete: false,
	},
	"ex21-case-and-escapes-in-uri.txt": {
		from: [" | SIP:%73ess-7f3a@FOCUS.IM.Example.COM;IsFocus"],
		to: [`${S};gr=urn:uuid:f81d4fae`],
		content: "Same identity, other spelling",
	},
	// a REPORT: no body
	"ex22-report-success.txt": {
		headers: "",
		from: [],
		to: [],
		dateTime: undefined,
		mime: "",
		contentType: undefined,
		content: "",
		headersComplete: false,
		problems: ["cpim.missing-blank-line 0+0", "cpim.missing-content-type 0+0"],
	},
	"ex23-private-system.txt": { from: [S], to: [BOB], content: "You are now a moderator" },
	"ex24-to-rewritten-by-alg.txt": { from: [BOB], to: [" | sip:b2b-91c0@203.0.113.9:5071"], content: "Hello from behind the ALG" },
};

describe("worked examples", () => {
	test("each file is expected", () => {
		expect(Object.keys(EXPECTED)).toEqual(readdirSync(`${DATA}examples`).filter((file) => file.startsWith("ex")));
	});

	test.each(Object.entries(EXPECTED))("%s", (file, expected) => {
		const octets = cpimOf(`examples/${file}`);
		expect(summary(octets, parseAll(octets))).toEqual({ ...USUAL, ...expected });
	});

	test("subject and its language (ex15)", () => {
		expect(parseAll(cpimOf("examples/ex15-escapes-utf8-namespaces.txt")).subjects).toEqual([{ value: "Treffen um fünf", lang: "de" }]);
	});

	test("spans are octets of the body (ex03)", () => {
		const octets = cpimOf("examples/ex03-group-adhoc.txt");
		expect(octets.length).toBe(178);
		const message = parseAll(octets);
		const from = message.from[0]!;
		expect(from.header).toEqual({
			name: "From",
			namespace: "urn:ietf:params:cpim-headers:",
			local: "From",
			params: undefined,
			value: "Alice <sip:alice@example.com>",
			raw: "Alice <sip:alice@example.com>",
			start: 0,
			end: 37,
			valueStart: 6,
			valueEnd: 35,
		});
		expect([from.uriStart, from.uriEnd]).toEqual([13, 34]);
		expect([message.contentStart, message.contentEnd]).toEqual([163, 178]);
		expect(from.uri.host).toBe("example.com");
	});

	test("spans count octets where characters take several (ex15)", () => {
		const octets = cpimOf("examples/ex15-escapes-utf8-namespaces.txt");
		const { from, subjects, headers } = parseAll(octets);
		expect(octets.toString("utf8", from[0]!.uriStart, from[0]!.uriEnd)).toBe("sip:alice@example.com");
		const subject = headers.find(({ name }) => name === "Subject")!;
		expect(octets.toString("utf8", subject.valueStart, subject.valueEnd)).toBe(subjects[0]!.value);
		expect(subject.valueEnd - subject.valueStart).toBe("Treffen um fünf".length + 1);
	});

	test("namespaces are resolved at the place of the header (cpim.js msg1)", () => {
		const octets = cpimOf("cpimjs-msg1");
		const message = parseAll(octets);
		expect(summary(octets, message)).toEqual({
			...USUAL,
			headers: "From To NS To NS defaultPrefix.To DateTime subject NS prefix1.foo NS foo NS prefix2.foo prefix2.Foo NS prefix2.foo",
			from: ["Iñaki Baz Castillo | sip:ibc@aliax.net"],
			to: ["Alice | sip:alice@atlanta.com", "Bob | sip:bob@biloxi.com", "Carol | sip:carol@carolina.com"],
			dateTime: "2000-12-13T13:40:00-08:00",
			mime: "Content-type Content-Id Content-lalala",
			contentType: "text/xml",
			content: "<body>\r\nhello\r\n</body>\r\n",
			problems: ["cpim.header-case 287+7"],
		});
		const foos = message.headers.filter(({ local }) => local.toLowerCase() === "foo");
		expect(foos.map(({ name, namespace, value }) => `${name} ${namespace} ${value.slice(0, 6)}`)).toEqual([
			"prefix1.foo urn:cpim:test Foo1",
			"foo urn:cpim:test Foo2",
			"prefix2.foo urn:cpim:test Foo3",
			"prefix2.Foo urn:cpim:test Ignore",
			"prefix2.foo urn:cpim:test2 Bar",
		]);
		expect(message.contentTypeParams).toEqual(new Map([["charset", "utf-8"]]));
	});
});

describe("chunks (rules P13 and R4)", () => {
	test("ex10: the first chunk judges no half line, the second completes the headers", () => {
		const [first, second, third] = chunksOf("examples/ex10-chunked-system.txt") as [Buffer, Buffer, Buffer];
		const one = parseCpim(first, 0, first.length, false);
		expect([one.headers.length, one.from.length, one.headersComplete, one.problems.length]).toEqual([0, 0, false, 0]);
		const both = Buffer.concat([first, second]);
		const two = parseCpim(both, 0, both.length, false);
		expect(two.headersComplete).toBe(true);
		expect(two.mimeComplete).toBe(true);
		expect(two.from.map(({ uriText }) => uriText)).toEqual(["sip:sess-7f3a@focus.im.example.com;isfocus"]);
		const all = Buffer.concat([both, third]);
		expect(parseAll(all).contentStart).toBe(two.contentStart);
	});

	const whole = Object.keys(EXPECTED)
		.map((file) => `examples/${file}`)
		.concat("cpimjs-msg1", ...readdirSync(`${DATA}captures`).map((file) => `captures/${file}`));

	test.each(whole)("%s: what a prefix says stays true", (file) => {
		const octets = cpimOf(file);
		const full = parseAll(octets);
		const text = octets.toString("latin1");
		// In every vector the first empty line ends the message headers, also where the separator is missing.
		const separator = text.indexOf("\r\n\r\n") + 4;
		const hasBoth = full.from.length > 0 && full.to.length > 0;
		const limit = Math.min(octets.length, full.contentStart + 40);
		for (let length = 0; length <= limit; length++) {
			const part = parseCpim(octets, 0, length, false);
			expect(part.headers).toEqual(full.headers.slice(0, part.headers.length));
			expect(part.problems).toEqual(full.problems.slice(0, part.problems.length));
			expect(part.headersComplete).toBe(hasBoth && length >= separator);
			if (part.headersComplete) {
				expect(part.from.map(({ uriText }) => uriText)).toEqual(full.from.map(({ uriText }) => uriText));
				expect(part.to.map(({ uriText }) => uriText)).toEqual(full.to.map(({ uriText }) => uriText));
				expect(part.cc.length).toBe(full.cc.length);
				expect(part.missingSeparator).toBe(full.missingSeparator);
			}
			if (part.mimeComplete) {
				expect(part.contentStart).toBe(full.contentStart);
				expect(part.contentType).toBe(full.contentType);
			}
		}
		const early = parseCpim(octets, 0, limit, false);
		expect(early.mimeComplete).toBe(full.contentType !== undefined);
	});

	test.each(whole)("%s: the place in the buffer does not matter", (file) => {
		const octets = cpimOf(file);
		const around = Buffer.concat([Buffer.from("From: x"), octets, Buffer.from("\r\n\r\nmore")]);
		expect(parseCpim(around, 7, 7 + octets.length, true)).toEqual(parseAll(octets));
	});

	test("headers longer than a read window", () => {
		const name = "x".repeat(20_000);
		const octets = Buffer.from(`From: ${name} <sip:a@b>\r\nTo: <sip:c@d>\r\n\r\nContent-Type: text/plain\r\n\r\nhi`);
		const message = parseAll(octets);
		expect(message.from[0]!.displayName.length).toBe(20_000);
		expect(message.contentStart).toBe(octets.length - 2);
		expect(parseCpim(octets, 0, octets.length - 40, false).headersComplete).toBe(false);
	});
});

describe("captures", () => {
	const TYPES: Record<string, string[]> = {};
	for (const file of readdirSync(`${DATA}captures`)) {
		const message = parseAll(cpimOf(`captures/${file}`));
		const list = TYPES[file.replace(/-\d+\.cpim$/, "")] ?? [];
		list.push(message.contentType ?? "none");
		TYPES[file.replace(/-\d+\.cpim$/, "")] = list;
	}

	test("inner types", () => {
		const counts = Object.fromEntries(
			Object.entries(TYPES).map(([name, types]) => [
				name,
				Object.fromEntries([...new Set(types)].map((type) => [type, types.filter((t) => t === type).length])),
			]),
		);
		expect(counts).toEqual({
			"crocodile-msrp-over-ws": { "text/plain": 3 },
			"kamailio-msrp-relay": { "text/plain": 3 },
			"linphone-cpim-imdn": { "text/plain": 4, "message/imdn+xml": 4 },
			"msrp-node-lib": { "text/plain": 2 },
			"msrplib-cpim-chunked": { "application/im-iscomposing+xml": 4, "text/plain": 4, "message/imdn+xml": 8 },
			"sipp-tcp-msrp-sdp": { "text/plain": 10 },
			"sipsimple-sip-msrp-chat": { "text/plain": 6, "text/html": 1, "application/im-iscomposing+xml": 3 },
			"sylkserver-conference": { "text/plain": 8, "application/im-iscomposing+xml": 2 },
		});
	});

	test.each(readdirSync(`${DATA}captures`))("%s: no findings on real traffic but true ones", (file) => {
		const message = parseAll(cpimOf(`captures/${file}`));
		// The headers of the part that SIP SIMPLE clients and SylkServer write end with LF alone (RFC 2045 §3).
		const lines = /^(sipsimple|sylkserver)/.test(file) ? ["cpim.bare-lf"] : [];
		expect(message.problems.map(({ id }) => id)).toEqual(lines);
		expect([message.headersComplete, message.mimeComplete, message.missingSeparator]).toEqual([true, true, false]);
	});

	test("a Content-Disposition before the separator is a header nobody knows, not the start of the MIME headers", () => {
		const message = parseAll(cpimOf("captures/msrplib-cpim-chunked-009.cpim"));
		expect(message.headers.map(({ name }) => name)).toContain("Content-Disposition");
		expect(message.mime.map(({ name }) => name)).toEqual(["Content-Type", "Content-Length"]);
	});
});
