import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { attribute, child, children, childText, parseXml, unsigned, type XmlElement } from "../../src/core/protocols/xml/index.js";

function parse(text: string | Buffer, max = 65_536) {
	const octets = Buffer.from(text);
	return parseXml(octets, 0, octets.length, max);
}

/** The tree as nested lists: name, text, children. */
function shape({ local, text, children: inner }: XmlElement): unknown[] {
	return [local, text.trim(), ...inner.map(shape)];
}

describe("tree", () => {
	test("elements, namespaces, attributes, text, CDATA, comments, the five entities", () => {
		const { root, error } = parse(
			'<?xml version="1.0" encoding="UTF-8"?><!-- c --><a xmlns="urn:a" xmlns:b="urn:b" x="1" b:y="&lt;&#233;&#x1F600;"><b:c>one<!-- no -->two<![CDATA[<3>]]>&amp;</b:c><d/> <?pi x?></a>\r\n',
		);
		expect(error).toBeUndefined();
		expect(root).toEqual({
			local: "a",
			namespace: "urn:a",
			attributes: expect.arrayContaining([
				{ local: "x", namespace: "", value: "1" },
				{ local: "y", namespace: "urn:b", value: "<é😀" },
			]) as unknown,
			children: [
				{ local: "c", namespace: "urn:b", attributes: [], children: [], text: "onetwo<3>&" },
				{ local: "d", namespace: "urn:a", attributes: [], children: [], text: "" },
			],
			text: " ",
		});
	});

	test("queries", () => {
		const { root } = parse('<a xmlns:p="urn:p"><b k="1" p:k="2"> x </b><b p:k="3"/></a>');
		expect(childText(root, "b")).toBe("x");
		expect([childText(root, "none"), child(undefined, "b"), children(root, "b").length]).toEqual([undefined, undefined, 2]);
		expect(children(root, "b").map((b) => attribute(b, "k"))).toEqual(["1", "3"]);
		expect(attribute(root!, "k")).toBeUndefined();
		expect(["0", "12", "-1", "1.5", "", "x", "9999999999999999", undefined].map(unsigned)).toEqual([
			0,
			12,
			undefined,
			undefined,
			undefined,
			undefined,
			undefined,
			undefined,
		]);
	});
});

describe("encodings", () => {
	const text = '<?xml version="1.0"?><a>Grüße 😀</a>';
	const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
	test.each([
		["UTF-8", Buffer.from(text)],
		["UTF-8 with a byte order mark", Buffer.from(`\ufeff${text}`)],
		["UTF-16, little end first", utf16],
		["UTF-16, big end first", Buffer.from(utf16).swap16()],
	])("%s", (_, octets) => {
		expect(parse(octets)).toMatchObject({ error: undefined, root: { text: "Grüße 😀" } });
	});
	test("ISO-8859-1 as declared", () => {
		expect(parse(Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>gr\xfcn</a>', "latin1")).root!.text).toBe("grün");
	});
	test("the octets around are not read", () => {
		const octets = Buffer.from("<x><a>1</a></x>");
		expect(parseXml(octets, 3, 11, 100)).toMatchObject({ error: undefined, root: { local: "a", text: "1" } });
	});
});

describe("refused", () => {
	test.each([
		["a document type", '<?xml version="1.0"?><!DOCTYPE a><a/>', "document type declaration"],
		["entities", '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', "document type declaration"],
		["an external entity", '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/hostname">]><a>&x;</a>', "document type declaration"],
		["an entity that was never declared", "<a>&x;</a>", "undefined entity."],
		["a tag left open", "<a><b></a>", "unexpected close tag."],
		["an end before the end", "<a>", "unclosed tag: a"],
		["text alone", "?OTR:AAMC", "text data outside of root node."],
		["two roots", "<a/><b/>", "documents may contain only one root."],
		["an unbound prefix", "<p:a/>", 'unbound namespace prefix: "p".'],
		["nothing", "", "empty"],
		["white space", " \r\n", "empty"],
		["too many levels", "<a>".repeat(100), "more than 64 levels"],
	])("%s", (_, text, error) => {
		const document = parse(text);
		expect(document.root).toBeUndefined();
		expect(document.error).toContain(error);
	});
	test("too large, unread", () => {
		expect(parse(`<a>${"x".repeat(100)}</a>`, 106)).toEqual({ root: undefined, error: "larger than 106 octets" });
		expect(parse(`<a>${"x".repeat(100)}</a>`, 107).error).toBeUndefined();
	});
	test("64 levels are fine", () => expect(parse("<a>".repeat(64) + "</a>".repeat(64)).error).toBeUndefined());
	test("white space before the declaration is read over and named", () => {
		expect(parse('\r\n<?xml version="1.0"?><a/>')).toMatchObject({ root: { local: "a" }, error: "white space before the XML declaration" });
		expect(parse("\r\n<a/>").error).toBeUndefined();
	});
	test("a billion laughs expand to nothing", () => {
		const entities = Array.from({ length: 10 }, (_, i) => `<!ENTITY l${i} "${`&l${i - 1};`.repeat(10)}">`).join("");
		expect(parse(`<!DOCTYPE x [<!ENTITY l "lol">${entities}]><x>&l9;</x>`)).toEqual({
			root: undefined,
			error: "document type declaration",
		});
	});
});

test("any text: either a tree or an error, never a throw", () => {
	const piece = fc.constantFrom(
		"<a>",
		"</a>",
		"<b x='1'/>",
		"&amp;",
		"&#0;",
		"&#x110000;",
		"<![CDATA[",
		"]]>",
		"<!--",
		"-->",
		"<?p ?>",
		"x",
		"\0",
		"é",
		"<!DOCTYPE a [",
		"]>",
		"xmlns:p='u'",
		"<p:q>",
		'"',
	);
	fc.assert(
		fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
			const { root, error } = parse(pieces.join(""));
			expect(root !== undefined || error !== undefined).toBe(true);
			if (root !== undefined) expect(shape(root).length).toBeGreaterThan(1);
		}),
		{ numRuns: 3000 },
	);
});
