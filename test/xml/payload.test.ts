import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseMediaType } from "../../src/core/protocols/mime/index.js";
import { decodePayload } from "../../src/core/protocols/payload.js";
import { cpimOf, parseAll } from "../cpim/vectors.js";

function decode(contentType: string, content: string | Buffer, disposition?: string) {
	const octets = Buffer.concat([Buffer.from("##"), Buffer.from(content), Buffer.from("##")]);
	const { type, params } = parseMediaType(contentType);
	return decodePayload(type, params, disposition, octets, 2, octets.length - 2);
}

function ofExample(file: string) {
	const octets = cpimOf(file);
	const { contentType, contentTypeParams, contentDisposition, contentStart, contentEnd } = parseAll(octets);
	return decodePayload(contentType!, contentTypeParams, contentDisposition, octets, contentStart, contentEnd);
}

const imdn = (inside: string) => `<imdn xmlns="urn:ietf:params:xml:ns:imdn">${inside}</imdn>`;
const delivered = imdn("<message-id>m1</message-id><delivery-notification><status><delivered/></status></delivery-notification>");

describe("IMDN (RFC 5438)", () => {
	test("the worked example", () => {
		expect(ofExample("examples/ex09-imdn-from-focus.txt")).toEqual({
			payload: {
				kind: "imdn",
				messageId: "34jk324j",
				dateTime: "2026-03-02T15:02:31Z",
				recipient: "sip:carol@example.com",
				originalRecipient: "sip:carol@example.com",
				notification: "delivery",
				status: "delivered",
			},
			problems: [],
		});
	});
	test("as a phone sends it", () => {
		expect(ofExample("captures/linphone-cpim-imdn-004.cpim")).toEqual({
			payload: { kind: "imdn", messageId: "PNu5ozfKMg9J", dateTime: "2026-11-23T04:25:41Z", notification: "delivery", status: "delivered" },
			problems: [],
		});
	});
	test.each([
		["delivery", "delivered"],
		["delivery", "failed"],
		["delivery", "forbidden"],
		["delivery", "error"],
		["display", "displayed"],
		["processing", "processed"],
		["processing", "stored"],
		["display", "seen-by-a-cat"],
	])("%s %s", (notification, status) => {
		const xml = imdn(
			`<message-id> m1 </message-id><${notification}-notification><status><${status}/></status></${notification}-notification>`,
		);
		expect(decode("message/imdn+xml", xml)).toEqual({ payload: { kind: "imdn", messageId: "m1", notification, status }, problems: [] });
	});
	test("a prefix is as good", () => {
		const xml = `<i:imdn xmlns:i="urn:ietf:params:xml:ns:imdn"><i:message-id>m1</i:message-id><i:display-notification><i:status><i:displayed/></i:status></i:display-notification></i:imdn>`;
		expect(decode("message/imdn+xml", xml).payload).toMatchObject({ kind: "imdn", messageId: "m1", status: "displayed" });
	});

	test.each([
		["a document type", `<!DOCTYPE imdn [<!ENTITY x "m1">]>${delivered}`, "document type declaration"],
		["an entity", imdn("<message-id>&x;</message-id>"), "undefined entity."],
		["broken", "<imdn>", "unclosed tag: imdn"],
		["another root", "<presence/>", "root element is presence"],
		["no id", imdn("<delivery-notification><status><delivered/></status></delivery-notification>"), "no message-id"],
		["no notification", imdn("<message-id>m1</message-id>"), "no notification element"],
		["no status", imdn("<message-id>m1</message-id><display-notification/>"), "display-notification without status"],
	])("imdn.bad-xml: %s", (_, xml, why) => {
		const { payload, problems } = decode("message/imdn+xml", xml);
		expect(payload).toEqual({ kind: "other", contentType: "message/imdn+xml" });
		expect(problems).toEqual([
			{ id: "imdn.bad-xml", offset: 0, length: Buffer.byteLength(xml), detail: expect.stringContaining(why) as string },
		]);
		expect(problems[0]!.detail).toMatch(/^message\/imdn\+xml: /);
	});
	test("imdn.bad-xml: larger than the limit", () => {
		const octets = Buffer.from(delivered);
		const { payload, problems } = decodePayload("message/imdn+xml", new Map(), undefined, octets, 0, octets.length, {
			xml: 100,
			mimeDepth: 1,
		});
		expect([payload.kind, problems[0]!.detail]).toEqual(["other", "message/imdn+xml: larger than 100 octets"]);
	});
	test("imdn.bad-xml: white space before the declaration, yet understood", () => {
		const { payload, problems } = decode("message/imdn+xml", `\r\n<?xml version="1.0"?>${delivered}`);
		expect([payload.kind, problems.map(({ id }) => id)]).toEqual(["imdn", ["imdn.bad-xml"]]);
	});
});

describe("is-composing (RFC 3994)", () => {
	test("the worked example", () => {
		expect(ofExample("examples/ex08-composing-from-focus.txt")).toEqual({
			payload: { kind: "composing", state: "active", contentType: "text/plain", refresh: 90 },
			problems: [],
		});
	});
	test("idle with lastactive", () => {
		const xml =
			'<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing"><state>idle</state><lastactive>2003-01-27T10:43:00Z</lastactive><refresh>soon</refresh></isComposing>';
		expect(decode("application/im-iscomposing+xml", xml)).toEqual({
			payload: { kind: "composing", state: "idle", lastActive: "2003-01-27T10:43:00Z" },
			problems: [],
		});
	});
	test.each([
		["<isComposing/>", "no state"],
		["<iscomposing><state>idle</state></iscomposing>", "root element is iscomposing"],
	])("%s", (xml, why) => {
		expect(decode("application/im-iscomposing+xml", xml).problems[0]!.detail).toBe(`application/im-iscomposing+xml: ${why}`);
	});
	test("xml.bad-payload: what is no notification is not held against RFC 5438", () => {
		const otr = "?OTR:AAMDaW5S.";
		expect(decode("application/im-iscomposing+xml", otr)).toEqual({
			payload: { kind: "other", contentType: "application/im-iscomposing+xml" },
			problems: [
				{ id: "xml.bad-payload", offset: 0, length: 14, detail: "application/im-iscomposing+xml: text data outside of root node." },
			],
		});
	});
});

describe("conference-info (RFC 4575)", () => {
	test("the roster of the worked examples", () => {
		const octets = readFileSync(new URL("../data/cpim/examples/ctx4-notify-conference-info.txt", import.meta.url));
		const start = octets.indexOf("\r\n\r\n") + 4;
		const user = (entity: string, displayText: string, yourOwn = false) => ({
			entity,
			state: "full",
			displayText,
			associatedAors: [],
			roles: [],
			yourOwn,
			endpoints: [],
		});
		expect(decodePayload("application/conference-info+xml", new Map(), undefined, octets, start, octets.length)).toEqual({
			payload: {
				kind: "conference-info",
				info: {
					entity: "sip:sess-7f3a@focus.im.example.com;isfocus",
					state: "full",
					version: 1,
					uris: [],
					users: [
						user("sip:alice@example.com", "Alice"),
						user("sip:bob@example.com", "Bob", true),
						user("sip:anonymous-1@anonymous.invalid", "Anonymous1"),
					],
				},
			},
			problems: [],
		});
	});

	test("all that is read, partial", () => {
		const xml = `<conference-info xmlns="urn:ietf:params:xml:ns:conference-info" xmlns:o="urn:oma" entity="sip:c@x" state="partial" version="7">
			<conference-description><subject>Tea</subject><conf-uris><entry><uri>sip:a@x</uri></entry><entry/><entry><uri>sip:b@x</uri></entry></conf-uris></conference-description>
			<conference-state><user-count>3</user-count></conference-state>
			<users><user entity="sip:u@x" state="deleted" o:yourown="1"><associated-aors><entry><uri>tel:+1</uri></entry></associated-aors>
			<roles><entry>participant</entry><entry> admin </entry></roles><endpoint entity="sip:e@x"><status>connected</status></endpoint><endpoint/></user>
			<user state="odd" yourown="yes"/></users></conference-info>`;
		expect(decode("application/conference-info+xml", xml).payload).toEqual({
			kind: "conference-info",
			info: {
				entity: "sip:c@x",
				state: "partial",
				version: 7,
				subject: "Tea",
				uris: ["sip:a@x", "sip:b@x"],
				userCount: 3,
				users: [
					{
						entity: "sip:u@x",
						state: "deleted",
						associatedAors: ["tel:+1"],
						roles: ["participant", "admin"],
						yourOwn: true,
						endpoints: [{ entity: "sip:e@x", status: "connected" }, { entity: "" }],
					},
					{ entity: "", state: "full", associatedAors: [], roles: [], yourOwn: false, endpoints: [] },
				],
			},
		});
	});

	test("captured: a chat room fills", () => {
		const rooms = [1, 2, 3].map((number) => {
			const { payload } = decode(
				"application/conference-info+xml",
				readFileSync(new URL(`../data/xml/sylkserver-conference-00${number}.xml`, import.meta.url)),
			);
			if (payload.kind !== "conference-info") throw new Error("not read");
			return [payload.info.version, payload.info.userCount, payload.info.users.map(({ displayText }) => displayText).join(" ")];
		});
		expect(rooms).toEqual([
			[2, 1, "Bob"],
			[4, 2, "Bob Carol"],
			[6, 3, "Bob Carol Alice"],
		]);
	});

	test("no entity", () => {
		expect(decode("application/conference-info+xml", "<conference-info/>").problems[0]!.detail).toBe(
			"application/conference-info+xml: no entity",
		);
	});
});

describe("resource lists (RFC 4826, RFC 5364)", () => {
	test("entries of nested lists in order, with copyControl", () => {
		const xml = `<resource-lists xmlns="urn:ietf:params:xml:ns:resource-lists" xmlns:cp="urn:ietf:params:xml:ns:copycontrol"><list>
			<entry uri="sip:bill@example.com" cp:copyControl="to"/><list><entry uri="sip:joe@example.org" cp:copyControl="cc"/></list>
			<entry/><external anchor="http://x"/><entry uri="tel:+1"/></list></resource-lists>`;
		expect(decode("application/resource-lists+xml", xml)).toEqual({
			payload: {
				kind: "resource-list",
				entries: [{ uri: "sip:bill@example.com", copyControl: "to" }, { uri: "sip:joe@example.org", copyControl: "cc" }, { uri: "tel:+1" }],
			},
			problems: [],
		});
	});
	test("another root", () => expect(decode("application/resource-lists+xml", "<rls-services/>").payload.kind).toBe("other"));
});

describe("text", () => {
	test.each([
		["text/plain", Buffer.from("Grüße"), "Grüße"],
		["text/plain;charset=UTF-8", Buffer.from("Grüße"), "Grüße"],
		["text/html; charset=iso-8859-1", Buffer.from("gr\xfcn", "latin1"), "grün"],
		["text/plain;charset=us-ascii", Buffer.from("plain"), "plain"],
		["text/plain;charset=koi8-r", Buffer.from("a\xc1b", "latin1"), "a\ufffdb"],
		["text/plain", Buffer.from("a\xffb", "latin1"), "a\ufffdb"],
		["text/plain", Buffer.alloc(0), ""],
	])("%s", (type, octets, text) => expect(decode(type, octets)).toEqual({ payload: { kind: "text", text }, problems: [] }));

	test("at most 64 KiB, never half a character", () => {
		const { payload } = decode("text/plain", "ü".repeat(40_000));
		expect(payload).toEqual({ kind: "text", text: "ü".repeat(32_768) });
		expect(decode("text/plain", `x${"😀".repeat(20_000)}`).payload).toEqual({ kind: "text", text: `x${"😀".repeat(16_383)}` });
	});
});

describe("external bodies (RFC 4483)", () => {
	test("the worked example", () => {
		expect(ofExample("examples/ex16-external-attachment.txt")).toEqual({
			payload: {
				kind: "external",
				url: "https://content.example.com/photo-17",
				size: 48211,
				expiration: "Tue, 03 Mar 2026 15:00:00 GMT",
				contentType: "image/jpeg",
			},
			problems: [],
		});
	});
	test("a folded URL, nothing else", () => {
		expect(decode('message/external-body; ACCESS-TYPE=url; URL="http://x/\r\n\ty"', "").payload).toEqual({
			kind: "external",
			url: "http://x/y",
		});
	});
	test.each(["message/external-body; access-type=ftp; url=x", "message/external-body; url=x", "message/external-body; access-type=URL"])(
		"%s is no reference",
		(type) => expect(decode(type, "").payload).toEqual({ kind: "other", contentType: "message/external-body" }),
	);
});

describe("multipart", () => {
	const mixed = (...parts: string[]) =>
		decode('multipart/mixed; boundary="b"', `${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--`);
	const notification = `Content-Type: message/imdn+xml\r\nContent-Disposition: notification\r\n\r\n${delivered}`;
	const history =
		"Content-Type: application/resource-lists+xml\r\nContent-Disposition: recipient-list-history; handling=optional\r\n\r\n<resource-lists/>";

	test("wholly of notifications: the first", () => {
		const second = notification.replace("m1", "m2");
		expect(mixed(notification, second).payload).toMatchObject({ kind: "imdn", messageId: "m1" });
	});
	test("a text beside a notification wins", () => expect(mixed(notification, "\r\nhi").payload).toEqual({ kind: "text", text: "hi" }));
	test("a list of former recipients never counts", () => {
		expect(mixed(history, "\r\nhi").payload).toEqual({ kind: "text", text: "hi" });
		expect(mixed(history).payload).toEqual({ kind: "other", contentType: "multipart/mixed" });
		expect(mixed(history.replace("-history", "")).payload.kind).toBe("resource-list");
	});
	test("what is not understood gives way", () => {
		expect(mixed("Content-Type: image/png\r\n\r\nx", "Content-Type: text/html\r\n\r\n<b>").payload).toEqual({ kind: "text", text: "<b>" });
		expect(mixed("Content-Type: image/png\r\n\r\nx").payload).toEqual({ kind: "other", contentType: "image/png" });
	});
	test("nested", () => {
		const inner = `Content-Type: multipart/alternative; boundary=i\r\n\r\n--i\r\n\r\ndeep\r\n--i--`;
		expect(mixed(inner).payload).toEqual({ kind: "text", text: "deep" });
	});
	test("findings of all parts, at their place", () => {
		const { payload, problems } = mixed("Content-Type: message/imdn+xml\r\n\r\n<imdn>", "\r\nhi");
		expect(payload.kind).toBe("text");
		expect(problems).toEqual([{ id: "imdn.bad-xml", offset: 39, length: 6, detail: "message/imdn+xml: unclosed tag: imdn" }]);
	});
	test("without boundary, without parts, with too many levels", () => {
		expect(decode("multipart/mixed", "--b\r\n\r\nx").payload).toEqual({ kind: "other", contentType: "multipart/mixed" });
		expect(decode("multipart/mixed;boundary=b", "x").payload).toEqual({ kind: "other", contentType: "multipart/mixed" });
		let text = "\r\nx";
		for (let level = 5000; level > 0; level--)
			text = `--b${level}.\r\nContent-Type: multipart/mixed; boundary=b${level + 1}.\r\n\r\n${text}`;
		expect(decode("multipart/mixed;boundary=b1.", text).payload).toEqual({ kind: "other", contentType: "multipart/mixed" });
	});
});

describe("other", () => {
	test.each(["application/pidf+xml", "message/cpim", "application/sdp", "image/png", ""])("%j", (type) => {
		expect(decode(type, "<presence/>")).toEqual({ payload: { kind: "other", contentType: type }, problems: [] });
	});
	test("captured presence", () => {
		const octets = readFileSync(new URL("../data/xml/sipnab-b2bua-asterisk-001.xml", import.meta.url));
		expect(decode("application/pidf+xml", octets).payload.kind).toBe("other");
	});
});

test("any content of any type: never a throw, findings stay inside", () => {
	const types = [
		"message/imdn+xml",
		"text/plain;charset=x",
		"multipart/mixed;boundary=b",
		"message/external-body;access-type=URL;URL=u",
		"application/conference-info+xml",
	];
	const piece = fc.constantFrom(
		"--b",
		"--b--",
		"\r\n",
		"Content-Type: message/imdn+xml\r\n\r\n",
		"Content-Type: multipart/x;boundary=b\r\n\r\n",
		"<imdn>",
		"</imdn>",
		"<message-id>",
		"\0",
		"\xff",
		"x",
	);
	fc.assert(
		fc.property(fc.constantFrom(...types), fc.array(piece, { maxLength: 15 }), (type, pieces) => {
			const content = Buffer.from(pieces.join(""), "latin1");
			for (const { offset, length } of decode(type, content).problems) expect(offset >= 0 && offset + length <= content.length).toBe(true);
		}),
		{ numRuns: 3000 },
	);
});
