import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { checkSdp } from "../../src/core/checks/sdp/index.js";
import { DIAGNOSTICS } from "../../src/core/model/diagnostics/index.js";
import { DEFAULT_LIMITS } from "../../src/core/model/limits.js";
import { parseMultipart } from "../../src/core/protocols/mime/index.js";
import { parseSdp } from "../../src/core/protocols/sdp/index.js";
import { address, contacts, contentType, cseq, routes, type SipMessage, tag, vias } from "../../src/core/protocols/sip/index.js";
import { paramValue, parseUri, unescapeOnce } from "../../src/core/protocols/uri/index.js";
import { octets, rfc4475 } from "./corpus.js";
import { body, decode, ids, Log, problems, span } from "./decode.js";

type Assertion = (message: SipMessage, file: string) => void;

function detailOf(message: SipMessage, id: string): string[] {
	return problems(message)
		.filter((problem) => problem.id === id)
		.map((problem) => problem.detail ?? span(message, problem));
}

function stream(file: string): string[] {
	return new Log().feed(octets(`rfc4475/${file}`)).end().lines;
}

/** One assertion for each sentence of `mustDo` in the index, in its order. */
const MUST: Record<string, Assertion[]> = {
	"wsinv.dat": [
		(m) => {
			expect(m.get("to")).toBe("sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n");
			expect(tag(m, "to")).toBe("1918181833n");
			expect(tag(m, "from")).toBe("98asjd8");
			expect(address(m, "from")?.displayName).toBe('J Rosenberg \\"');
			expect(m.get("cseq")).toBe("0009 INVITE");
			expect(routes(m, "route")[0]?.uri.params.map((param) => param.name)).toEqual(["lr", "unknownwith", "unknown-no-value"]);
			expect(vias(m).map((via) => [via.protocol, via.transport, via.host])).toEqual([
				["SIP/2.0", "UDP", "192.0.2.2"],
				["SIP/2.0", "TCP", "spindle.example.com"],
				["SIP/2.0", "UDP", "192.168.255.111"],
			]);
		},
		(m) => expect(vias(m).map((via) => via.branch)).toEqual(["390skdjuw", "z9hG4bK9ikj8", "z9hG4bK30239"]),
		(m) => {
			expect(cseq(m)).toEqual({ digits: "9", number: 9, method: "INVITE" });
			expect(Number(m.get("max-forwards"))).toBe(68);
			expect(ids(m)).not.toContain("sip.max-forwards-out-of-range");
		},
		(m) => {
			expect(m.get("newfangledheader")).toBe("newfangled value continued newfangled value");
			expect(m.all("unknownheaderwithunusualvalue")).toEqual([";;,,;;,;"]);
		},
		(m) => {
			expect(m.get("subject")).toBe("");
			const contact = contacts(m)[0]!;
			expect(contact.displayName).toBe('Quoted string ""');
			expect(contact.uri.params).toEqual([]);
			expect(contact.params.map((param) => [param.name, param.value])).toEqual([
				["newparam", "newvalue"],
				["secondparam", undefined],
				["q", "0.33"],
			]);
		},
	],
	"intmeth.dat": [
		(m) => {
			expect(m.method).toBe("!interesting-Method0123456789_*+`.%indeed'~");
			expect(m.method).toHaveLength(43);
			expect(cseq(m)?.method).toBe(m.method);
		},
		(m) => expect(address(m, "to")?.displayName).toBe("BEL:\x07 NUL:\x00 DEL:\x7f"),
		(m) => expect(m.get("call-id")).toBe("intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"),
		(m) => {
			const from = address(m, "from")!;
			expect(from.displayName).toBe("token1~` token2'+_ token3*%!.-");
			expect(from.params.map((param) => [param.name, param.value])).toEqual([
				["fromParam''~+*_!.-%", '"работающий"'],
				["tag", "_token~1'+`*%!-."],
			]);
		},
		(m) => expect(m.get("extensionheader-!.%*+_`'~")).toBe("\ufeff大停電"),
	],
	"esc01.dat": [
		(m) => {
			const { uri } = contacts(m)[0]!;
			expect(uri.user).toBe("cal%6Cer");
			expect(unescapeOnce(uri.user!)).toBe("caller");
			expect(uri.params.map((param) => [unescapeOnce(param.name), unescapeOnce(param.value ?? "")])).toEqual([
				["lr", ""],
				["name", "value%41"],
			]);
		},
		(m) => {
			const uri = parseUri(m.requestUri);
			expect([uri.scheme, unescapeOnce(uri.user!), uri.host]).toEqual(["sip", "sips:user@example.com", "example.net"]);
		},
	],
	"escnull.dat": [
		(m) => {
			expect(unescapeOnce(address(m, "to")!.uri.user!)).toBe("null-\0-null");
			expect(contacts(m).map((contact) => unescapeOnce(contact.uri.user!))).toEqual(["\0", "\0\0"]);
		},
	],
	"esc02.dat": [
		(m) => {
			expect(m.method).toBe("RE%47IST%45R");
			expect(detailOf(m, "sip.unknown-method")).toEqual(["RE%47IST%45R"]);
		},
		(m) => expect(address(m, "to")?.displayName).toBe("%Z%45"),
		(m) => {
			expect(contacts(m).map((contact) => contact.uri.user)).toEqual(["alias1", "alias3"]);
			expect(m.get("c%6fntact")).toBe("<sip:alias2@host2.example.com>");
		},
	],
	"lwsdisp.dat": [
		(m) => {
			expect(address(m, "from")).toMatchObject({ displayName: "caller", uriText: "sip:caller@example.com", faults: ["no-lws"] });
		},
	],
	"longreq.dat": [
		(m) => {
			expect(m.problems).toBeNull();
			expect(m.headers.map((header) => header.name.length).reduce((a, b) => Math.max(a, b))).toBe(93);
			expect(m.get("call-id")).toMatch(/^longreq\.one(?:really){20}longcallid$/);
		},
		(m) => {
			const hosts = vias(m).map((via) => via.host);
			expect(hosts).toHaveLength(34);
			expect(hosts).toEqual([...Array.from({ length: 33 }, (_, i) => `sip${33 - i}.example.com`), "host.example.com"]);
			const names = new Set(m.headers.filter((header) => header.key === "via").map((header) => header.name));
			expect([...names].sort()).toEqual(["V", "VIA", "VIa", "ViA", "Via", "v", "vIA", "vIa", "via", "viA"].sort());
		},
	],
	"dblreq.dat": [
		(m) => {
			expect([m.method, m.bodyOffset, m.bodyLength, m.length]).toEqual(["REGISTER", 300, 0, 750]);
			expect(problems(m).find((problem) => problem.id === "sip.trailing-octets")).toMatchObject({ offset: 300, length: 450 });
		},
		(_, file) => {
			const log = new Log().feed(octets(`rfc4475/${file}`)).end();
			expect(log.messages.map((m) => [m.method, m.offset, m.bodyLength])).toEqual([
				["REGISTER", 0, 0],
				["INVITE", 302, 150],
			]);
			// The CRLF between them is passed over, and five octets are left of the datagram after the INVITE.
			expect([log.lines[1], ...log.lines.slice(3)]).toEqual(["pong 300 x1", "skipped 745+5", "sip.stray-octets 745+5"]);
		},
	],
	"semiuri.dat": [
		(m) => {
			const uri = parseUri(m.requestUri);
			expect([uri.user, uri.host, uri.params]).toEqual(["user;par=u%40example.net", "example.com", []]);
			expect(unescapeOnce(uri.user!)).toBe("user;par=u@example.net");
		},
	],
	"transports.dat": [(m) => expect(vias(m).map((via) => via.transport)).toEqual(["UDP", "SCTP", "TLS", "UNKNOWN", "TCP"])],
	"mpart01.dat": [
		(m) => {
			expect(m.bodyLength).toBe(553);
			expect(body(m).includes(0)).toBe(true);
			expect(
				body(m)
					.toString("latin1")
					.match(/[^\r]\n/g),
			).toHaveLength(3);
		},
		(m) => {
			const { token, params } = contentType(m)!;
			expect([token, params.get("boundary")]).toEqual(["multipart/mixed", "7a9cbec02ceef655"]);
			const parts = parseMultipart(m.bytes, m.start + m.bodyOffset, m.end, params.get("boundary")!, DEFAULT_LIMITS);
			expect(parts.map((part) => part.contentType)).toEqual(["text/plain", "application/octet-stream"]);
		},
	],
	"unreason.dat": [(m) => expect(m.reason).toBe("= 2**3 * 5**2 но сто девяносто девять - простое")],
	"noreason.dat": [
		(m, file) => {
			expect([m.status, m.reason, m.problems]).toEqual([100, "", null]);
			const without = octets(`rfc4475/${file}`).toString("latin1").replace("SIP/2.0 100 \r\n", "SIP/2.0 100\r\n");
			const lacking = decode(without);
			expect([lacking.status, lacking.reason, lacking.problems?.map((p) => p.id)]).toEqual([100, "", ["sip.bad-start-line"]]);
		},
	],
	"badinv01.dat": [
		(m) => {
			const spans = problems(m)
				.filter((problem) => problem.id === "sip.empty-parameter")
				.map((problem) => span(m, problem));
			expect(spans).toEqual(["SIP/2.0/UDP 192.0.2.15;;", '"Joe" <sip:joe@example.org>;;;;']);
		},
	],
	"clerr.dat": [
		(m) => {
			expect(detailOf(m, "sip.content-length-overrun")).toEqual(["154 of 9999 octets"]);
			expect([m.complete, m.bodyLength]).toEqual([false, 154]);
		},
		(_, file) => {
			const log = new Log().feed(octets(`rfc4475/${file}`));
			expect(log.lines).toEqual([]);
			expect(log.end().messages.map((m) => [m.complete, m.bodyLength])).toEqual([[false, 154]]);
		},
	],
	"ncl.dat": [
		(m, file) => {
			expect(detailOf(m, "sip.bad-content-length")).toEqual(["Content-Length: -999"]);
			expect(m.bodyLength).toBe(152);
			expect(stream(file)).toEqual([
				expect.stringMatching(/^message 0\+334 cut INVITE sip:user@example.com rows=\d+ body=0\/0 \[sip.bad-content-length@/),
				"skipped 334+152",
				"sip.framing-lost 334+152",
			]);
		},
	],
	"scalar02.dat": [
		(m) => {
			expect(cseq(m)?.digits).toBe("36893488147419103232");
			const spans = problems(m).map((problem) => [problem.id, span(m, problem)]);
			expect(spans).toEqual([
				["sip.cseq-out-of-range", "36893488147419103232"],
				["sip.max-forwards-out-of-range", "300"],
				["sip.expires-out-of-range", `1${"0".repeat(100)}`],
				["sip.expires-out-of-range", "expires=280297596632815"],
			]);
		},
		(m, file) => {
			const source = octets(`rfc4475/${file}`).toString("latin1");
			const bounds = ["4294967295", "4294967296"].map((value) =>
				ids(decode(source.replace(/10{100}/, value).replace("280297596632815", "60"))),
			);
			expect(bounds.map((found) => found.includes("sip.expires-out-of-range"))).toEqual([false, true]);
			expect(m.get("expires")).toHaveLength(101);
		},
	],
	"scalarlg.dat": [
		(m) =>
			expect(problems(m).map((problem) => [problem.id, span(m, problem)])).toEqual([
				["sip.cseq-out-of-range", "9292394834772304023312"],
				["sip.retry-after-implausible", "949302838503028349304023988"],
				["sip.bad-warning-code", "1812"],
				["sip.missing-to-tag", ""],
			]),
	],
	"quotbal.dat": [
		(m) => {
			const to = address(m, "to")!;
			expect(to.faults).toEqual(["unterminated-quote"]);
			expect(to.displayName).toBe("Mr. J. User");
			expect(to.uriText).toBe("sip:j.user@example.com");
		},
	],
	"ltgtruri.dat": [
		(m) => {
			expect(m.requestUri).toBe("sip:user@example.com");
			expect(problems(m).map((problem) => [problem.id, span(m, problem)])).toContainEqual([
				"sip.request-uri-brackets",
				"<sip:user@example.com>",
			]);
		},
	],
	"lwsruri.dat": [(m) => expect([m.method, m.requestUri]).toEqual(["INVITE", "sip:user@example.com; lr"])],
	"lwsstart.dat": [
		(m) => {
			expect([m.method, m.requestUri]).toEqual(["INVITE", "sip:user@example.com"]);
			expect(problems(m).map((problem) => [problem.id, problem.offset, span(m, problem)])).toEqual([
				["sip.start-line-extra-space", 28, "  "],
				["sip.start-line-extra-space", 7, " "],
			]);
		},
	],
	"trws.dat": [
		(m) => {
			expect(m.requestUri).toBe("sip:remote-target@example.com");
			expect(problems(m).map((problem) => [problem.id, span(m, problem)])).toEqual([["sip.start-line-extra-space", "  "]]);
		},
	],
	"escruri.dat": [
		(m) => {
			expect(detailOf(m, "sip.request-uri-headers")).toEqual(["?Route=%3Csip:example.com%3E"]);
			expect(routes(m, "route")).toEqual([]);
			expect(parseUri(m.requestUri).headers).toBe("Route=%3Csip:example.com%3E");
		},
	],
	"baddate.dat": [(m) => expect([m.complete, detailOf(m, "sip.bad-date")]).toEqual([true, ["Fri, 01 Jan 2010 16:00:00 EST"]])],
	"regbadct.dat": [
		(m) => {
			expect(contacts(m)[0]).toMatchObject({ bracketed: false, faults: ["needs-brackets"] });
			expect(contacts(m)[0]?.uri.headers).toBe("Route=%3Csip:sip.example.com%3E");
		},
	],
	"badaspec.dat": [
		(m) => {
			expect(address(m, "to")).toMatchObject({ uriText: "sip:t.watson@example.org", faults: ["whitespace-in-brackets"] });
			expect(address(m, "to")?.displayName).toBe("Watson, Thomas");
		},
	],
	"baddn.dat": [
		(m) => {
			expect(m.all("from")).toEqual(["Bell, Alexander <sip:a.g.bell@example.com>;tag=43"]);
			expect(m.all("to")).toEqual(["Watson, Thomas <sip:t.watson@example.org>"]);
			expect(address(m, "from")).toMatchObject({ displayName: "Bell, Alexander", uriText: "sip:a.g.bell@example.com" });
		},
		(m) => {
			expect([m.complete, m.length, m.bodyOffset]).toEqual([false, 331, 331]);
			const terminated = decode(octets("rfc4475/variants/baddn-terminated.dat"));
			expect([terminated.complete, terminated.problems]).toEqual([true, null]);
			expect(ids(terminated)).toEqual(["sip.display-name-not-token", "sip.display-name-not-token"]);
		},
	],
	"badvers.dat": [(m) => expect(detailOf(m, "sip.unsupported-version")).toEqual(["SIP/7.0", "SIP/7.0"])],
	"mismatch01.dat": [(m) => expect([m.method, detailOf(m, "sip.cseq-method-mismatch")]).toEqual(["OPTIONS", ["INVITE in a OPTIONS"]])],
	"mismatch02.dat": [
		(m) => {
			expect([m.method, cseq(m)?.method]).toEqual(["NEWMETHOD", "INVITE"]);
			const sdp = parseSdp(m.bytes, m.start + m.bodyOffset, m.end);
			expect(sdp.lines.map((line) => line.type).filter((type) => type === "s" || type === "t")).toEqual([]);
			expect([...sdp.problems, ...checkSdp(sdp)].map((problem) => problem.id)).toContain("sdp.missing-line");
		},
	],
	"bigcode.dat": [(m) => expect([m.kind, m.status, detailOf(m, "sip.bad-status-code")]).toEqual(["response", 0, ["4294967301"]])],
	"badbranch.dat": [(m) => expect(vias(m).map((via) => via.branch)).toEqual(["z9hG4bK"])],
	"insuf.dat": [(m) => expect(detailOf(m, "sip.missing-header")).toEqual(["From", "To", "Call-ID", "Max-Forwards"])],
	"unkscm.dat": [
		(m) => {
			expect(m.requestUri).toBe("nobodyKnowsThisScheme:totallyopaquecontent");
			expect(parseUri(m.requestUri)).toMatchObject({ scheme: "nobodyknowsthisscheme", host: "", user: undefined, faults: [] });
		},
	],
	"novelsc.dat": [(m) => expect(parseUri(m.requestUri)).toMatchObject({ scheme: "soap.beep", faults: [] })],
	"unksm2.dat": [(m) => expect(detailOf(m, "sip.unknown-uri-scheme")).toEqual(["isbn", "http", "name"])],
	"bext01.dat": [
		(m) => {
			expect(m.all("require")).toEqual(["nothingSupportsThis", "nothingSupportsThisEither"]);
			expect(m.all("proxy-require")).toEqual(["noProxiesSupportThis", "norDoAnyProxiesSupportThis"]);
		},
	],
	"invut.dat": [(m) => expect([contentType(m)?.token, m.bodyKept, ids(m)]).toEqual(["application/unknownformat", 40, []])],
	"regaut01.dat": [(m) => expect(m.all("authorization")).toEqual(["NoOneKnowsThisScheme opaque-data=here"])],
	"multi01.dat": [
		(m) => {
			expect(detailOf(m, "sip.duplicate-single-header").sort()).toEqual(["CSeq", "Call-ID", "From", "Max-Forwards", "To"]);
			expect(contacts(m)).toHaveLength(2);
		},
	],
	"mcl01.dat": [
		(m, file) => {
			expect(m.all("content-length")).toEqual(["13", "5"]);
			expect(stream(file)).toEqual([
				expect.stringMatching(/^message 0\+315 cut OPTIONS .* \[sip.conflicting-content-length@/),
				"skipped 315+67",
				"sip.framing-lost 315+67",
			]);
		},
	],
	"bcast.dat": [(m) => expect(detailOf(m, "sip.via-broadcast")).toEqual(["255.255.255.255"])],
	"zeromf.dat": [
		(m) => {
			expect([m.get("max-forwards"), m.complete]).toEqual(["0", true]);
			expect(DIAGNOSTICS["sip.max-forwards-zero"].severity).toBe("note");
		},
	],
	"cparam01.dat": [
		(m) => {
			expect(contacts(m)[0]?.uri.params).toEqual([]);
			expect(contacts(m)[0]?.params.map((param) => param.name)).toEqual(["unknownparam"]);
		},
	],
	"cparam02.dat": [
		(m) => {
			expect(contacts(m)[0]?.uri.params.map((param) => param.name)).toEqual(["unknownparam"]);
			expect(contacts(m)[0]?.params).toEqual([]);
		},
	],
	"regescrt.dat": [(m) => expect(contacts(m)[0]?.uri.headers).toBe("Route=%3Csip:sip.example.com%3E")],
	"sdp01.dat": [
		(m) => {
			expect(m.all("accept")).toEqual(["text/nobodyKnowsThis"]);
			expect(contentType(m)?.token).toBe("application/sdp");
		},
	],
	"inv2543.dat": [
		(m) => {
			expect([vias(m)[0]?.branch, tag(m, "from"), m.get("max-forwards"), m.get("content-length")]).toEqual(Array(4).fill(undefined));
			expect([m.bodyLength, m.complete]).toEqual([105, true]);
			expect(paramValue(address(m, "to")!.params, "user")).toBe("phone");
		},
		(_, file) => expect(stream(file)[0]).toMatch(/^message 0\+340 whole INVITE .* \[sip.missing-content-length@340\+0\]/),
	],
	"test.dat": [
		(m) => {
			expect([m.method, m.requestUri]).toEqual(["INVITE", "sip:alan@jasomi.com"]);
			expect(detailOf(m, "sip.bad-start-line")).toEqual(["no SIP version"]);
			expect(detailOf(m, "sip.bad-uri")).toEqual(["no scheme", "no scheme"]);
			expect(detailOf(m, "sip.malformed-header")).toEqual(["Foobar roobar"]);
			expect(detailOf(m, "sip.missing-header")).toEqual(["Via", "CSeq"]);
		},
	],
};

describe("RFC 4475", () => {
	test("the index has 50 files and every one has its assertions", () => {
		expect(rfc4475.tests).toHaveLength(50);
		expect(Object.keys(MUST).sort()).toEqual(rfc4475.tests.map((entry) => entry.file).sort());
	});

	test.each(rfc4475.variants)("$file is intact", ({ file, size, sha256 }) => {
		const buf = octets(`rfc4475/${file}`);
		expect([buf.length, createHash("sha256").update(buf).digest("hex")]).toEqual([size, sha256]);
	});

	describe.each(rfc4475.tests)("$reference $file", (entry) => {
		const buf = octets(`rfc4475/${entry.file}`);
		const assertions = MUST[entry.file] ?? [];

		test("octets are those of the archive", () => {
			expect([buf.length, createHash("sha256").update(buf).digest("hex")]).toEqual([entry.size, entry.sha256]);
		});

		test(`${entry.syntax}: framing and diagnostics`, () => {
			const message = decode(buf);
			const found = ids(message);
			for (const id of entry.diagnostics.filter((id) => !id.startsWith("sdp."))) expect(found).toContain(id);
			if (entry.headerEnd !== null) expect(message.bodyOffset).toBe(entry.headerEnd);
			// The body of dblreq is empty by its Content-Length; the index counts what follows the head.
			if (entry.bodyOctets !== null) expect(message.length - message.bodyOffset).toBe(entry.bodyOctets);
			expect(message.all("content-length")).toEqual(entry.contentLength);
			const errors = found.filter((id) => DIAGNOSTICS[id as keyof typeof DIAGNOSTICS].severity === "error");
			const unlisted = errors.filter((id) => !entry.diagnostics.includes(id));
			// Beside syntax: an INVITE without Contact (two files of section 3.4 and 3.3.1), a 503 without To tag (scalarlg), and
			// addresses without scheme in test.dat.
			const beside = ["sip.missing-contact", "sip.missing-to-tag"];
			expect(unlisted.filter((id) => !beside.includes(id) && entry.file !== "test.dat")).toEqual([]);
			if (entry.syntax === "valid" && entry.file !== "inv2543.dat") expect(errors).toEqual([]);
			else if (entry.syntax === "invalid") {
				const severe = found.filter((id) => ["error", "warn"].includes(DIAGNOSTICS[id as keyof typeof DIAGNOSTICS].severity));
				expect(severe).not.toEqual([]);
			}
		});

		test("one assertion a sentence", () => expect(assertions).toHaveLength(entry.mustDo.length));
		for (const [index, sentence] of entry.mustDo.entries()) test(sentence, () => assertions[index]!(decode(buf), entry.file));
	});
});
