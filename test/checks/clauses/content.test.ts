import { describe, expect, it } from "vitest";
import { cpim, type JoinOptions, Room, S, type SendOptions, sip, uri } from "./room.js";

const ALICE = uri("alice");
const BOB = uri("bob");

/** Counts of a check for one content that Bob receives. */
function received(check: string, body: string, options: SendOptions = {}, join: JoinOptions = {}): Record<string, number> {
	const room = new Room();
	room.join("bob", join).receive(body, options);
	return room.over().counts(check);
}

const text = (head: string, part = "Content-Type: text/plain\r\n\r\nx"): string => `${head}\r\n\r\n${part}`;
const HEAD = `From: <${ALICE}>\r\nTo: <${S}>`;

describe("C15: attachments", () => {
	const attached = (value: string) => received("C15", cpim(ALICE, S), { headers: [`Content-Disposition: ${value}`] });
	it("violation: another disposition, parameters that do not parse", () => {
		expect(attached("icon")).toEqual({ violation: 1 });
		expect(attached("attachment; filename")).toEqual({ violation: 1 });
	});
	it("pass, info when it is said inside only, no case when rendered or not said", () => {
		expect(attached('attachment; filename="a b.jpg"')).toEqual({ pass: 1 });
		expect(received("C15", cpim(ALICE, S, { mime: ["Content-Disposition: attachment"] }))).toEqual({ info: 1 });
		expect(attached("render")).toEqual({});
		expect(received("C15", cpim(ALICE, S))).toEqual({});
		expect(received("C15", cpim(ALICE, S), { headers: ["Content-Disposition: icon"] }, { server: "Room/1.0" })).toEqual({});
	});
});

describe("C16: content by reference", () => {
	const type = 'message/external-body; access-type="URL"; expiration="Tue, 03 Mar 2026 15:00:00 GMT"; URL="https://x.example.com/1"';
	const inner = "Content-Type: image/jpeg\r\nContent-Disposition: attachment\r\n\r\n";
	const referred = (of: string, content: string) => received("C16", cpim(ALICE, S, { type: of, text: content }));
	it("violation: each part that is missing is named", () => {
		const room = new Room();
		room.join("bob").receive(cpim(ALICE, S, { type: 'message/external-body; access-type="FTP"', text: "\r\n" }));
		room.over();
		expect(room.first("C16", "violation")?.text).toBe(
			'missing: access-type="URL", url, expiration, inner content-type, inner content-disposition',
		);
		expect(referred(type, "Content-Type: image/jpeg\r\n\r\n")).toEqual({ violation: 1 });
	});
	it("pass; no case without a reference", () => {
		expect(referred(type, inner)).toEqual({ pass: 1 });
		expect(referred("text/plain", inner)).toEqual({});
	});
	it("also when it is not wrapped", () => {
		expect(received("C16", inner, { type })).toEqual({ pass: 1 });
	});
});

describe("C21: isComposing", () => {
	const document = (body: string, declaration = '<?xml version="1.0" encoding="UTF-8"?>') =>
		`${declaration}<isComposing xmlns="urn:ietf:params:xml:ns:im-iscomposing">${body}</isComposing>`;
	const composing = (content: string) => received("C21", cpim(ALICE, S, { type: "application/im-iscomposing+xml", text: content }));
	it.each([
		["<state>active", "does not parse"],
		[document("<refresh>90</refresh>"), "no state"],
		[document("<state>active</state>").replace(' xmlns="urn:ietf:params:xml:ns:im-iscomposing"', ""), "namespace missing"],
		[document("<state>active</state><refresh>10</refresh>"), "refresh 10 s"],
		[document("<state>active</state><refresh>soon</refresh>"), "no number"],
		[document("<state>active</state>", '<?xml version="1.0" encoding="ISO-8859-1"?>'), "not UTF-8"],
		["<composing/>", "root element is composing"],
	])("violation: %s", (content, words) => {
		const room = new Room();
		room.join("bob").receive(cpim(ALICE, S, { type: "application/im-iscomposing+xml", text: content }));
		room.over();
		expect(room.first("C21", "violation")?.text).toContain(words);
	});
	it("pass: with and without refresh and declaration; no case: text", () => {
		expect(composing(document("<state>active</state><refresh>60</refresh>"))).toEqual({ pass: 1 });
		expect(composing(document("<state>idle</state>", ""))).toEqual({ pass: 1 });
		expect(received("C21", cpim(ALICE, S))).toEqual({});
	});
});

describe("C22 to C24: IMDN", () => {
	const NS = "NS: imdn <urn:ietf:params:imdn>";
	const DATE = "DateTime: 2026-03-02T15:02:31Z";
	const asking = (id: string, more: string[] = []) =>
		cpim(ALICE, BOB, { rows: [NS, `imdn.Message-ID: ${id}`, "imdn.Disposition-Notification: display", DATE, ...more] });
	const imdn = (about: string, options: { to?: string; rows?: string[]; mime?: string[] } = {}) => {
		const { to = ALICE, rows = [NS, "imdn.Message-ID: n1", DATE], mime = ["Content-Disposition: notification"] } = options;
		const xml = `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>${about}</message-id><datetime>2026-03-02T15:02:31Z</datetime><display-notification><status><displayed/></status></display-notification></imdn>`;
		return cpim(BOB, to, { rows, mime, type: "message/imdn+xml", text: xml });
	};
	const exchange = (check: string, notification: string, original = asking("m1")) => {
		const room = new Room();
		room.join("bob").receive(original).say(notification);
		return room.over().counts(check);
	};
	it("C22: violation about a notification, pass about a message, unknown about what was not seen", () => {
		const room = new Room();
		room.join("bob").receive(asking("m1")).say(imdn("m1")).receive(imdn("n1"));
		expect(room.over().counts("C22")).toEqual({ pass: 1, violation: 1 });
		expect(exchange("C22", imdn("m9"))).toEqual({ unknown: 1 });
		expect(received("C22", cpim(ALICE, BOB))).toEqual({});
	});
	it("C23: pass; unknown to somebody unknown", () => {
		expect(exchange("C23", imdn("m1"))).toEqual({ pass: 1 });
		expect(exchange("C23", imdn("m9"))).toEqual({ unknown: 1 });
	});
	it.each([
		["Content-Disposition missing", { mime: [] }],
		["Content-Disposition render", { mime: ["Content-Disposition: render"] }],
		["no Message-ID", { rows: [DATE] }],
		["asks for a notification itself", { rows: [NS, "imdn.Message-ID: n1", "imdn.Disposition-Notification: display", DATE] }],
		[`To is not <${ALICE}>, who sent the message`, { to: uri("carol") }],
	])("C23: violation: %s", (words, options) => {
		const room = new Room();
		room.join("bob").receive(asking("m1")).say(imdn("m1", options));
		room.over();
		expect(room.first("C23", "violation")).toMatchObject({ text: words, blame: "client" });
	});
	it("C23 on the leg of the receiver is still the sender's doing (Q27)", () => {
		expect(received("C23", imdn("m1", { mime: [] }))).toEqual({ violation: 1 });
		const room = new Room();
		room.join("alice").receive(imdn("m1", { mime: [] }));
		expect(room.over().first("C23", "violation")?.blame).toBe("client");
	});
	it("C24: violation, pass, no case", () => {
		expect(received("C24", cpim(ALICE, BOB, { rows: [NS, "imdn.Disposition-Notification: display", DATE] }))).toEqual({ violation: 1 });
		expect(received("C24", cpim(ALICE, BOB, { rows: ["imdn.Message-ID: a", "imdn.Disposition-Notification: display", NS, DATE] }))).toEqual(
			{ violation: 1 },
		);
		expect(received("C24", cpim(ALICE, BOB, { rows: [NS, "imdn.Message-ID: a", "imdn.Disposition-Notification: display"] }))).toEqual({
			violation: 1,
		});
		expect(received("C24", asking("m1"))).toEqual({ pass: 1 });
		expect(received("C24", cpim(ALICE, BOB, { rows: [NS, "imdn.Disposition-Notification: ", "imdn.Message-ID: a", DATE] }))).toEqual({});
		expect(received("C24", cpim(ALICE, BOB))).toEqual({});
	});
});

describe("C25 to C31: the syntax of CPIM", () => {
	const GOOD = cpim(ALICE, S);
	const broken: [string, string, string][] = [
		["C25", "no To", text(`From: <${ALICE}>`)],
		["C25", "no From", text(`To: <${S}>`)],
		["C26", "two From", text(`${HEAD}\r\nFrom: <${BOB}>`)],
		["C26", "two DateTime", text(`${HEAD}\r\nDateTime: 2026-03-02T15:02:31Z\r\nDateTime: 2026-03-02T15:02:32Z`)],
		["C27", "another case", text(`${HEAD}\r\nsubject: x`)],
		["C27", "no space after the colon", text(`From:<${ALICE}>\r\nTo: <${S}>`)],
		["C27", "folded", text(`${HEAD}\r\nSubject: a\r\n b`)],
		["C27", "LF alone", text(`From: <${ALICE}>\nTo: <${S}>`)],
		["C27", "control octet", text(`${HEAD}\r\nSubject: a\x07b`)],
		["C27", "no colon", text(`${HEAD}\r\nnonsense`)],
		["C28", "no empty line", `${HEAD}\r\nContent-Type: text/plain\r\n\r\nx`],
		["C29", "no Content-Type", text(HEAD, "Content-ID: <a>\r\n\r\nx")],
		["C30", "undeclared prefix", text(`${HEAD}\r\nimdn.Message-ID: a`)],
		["C31", "no brackets", text(`From: ${ALICE}\r\nTo: <${S}>`)],
		["C31", "after the bracket", text(`From: <${ALICE}>;tag=1\r\nTo: <${S}>`)],
	];
	it.each(broken)("%s: violation: %s", (check, _, body) => {
		expect(received(check, body)).toEqual({ violation: 1 });
	});
	it.each(["C25", "C26", "C27", "C28", "C29", "C31"])("%s: pass; no case without CPIM", (check) => {
		expect(received(check, GOOD)).toEqual({ pass: 1 });
		expect(received(check, "x", { type: "text/plain" })).toEqual({});
	});
	it("C30: pass with a declared prefix, no case without prefixes", () => {
		expect(received("C30", text(`${HEAD}\r\nNS: imdn <urn:ietf:params:imdn>\r\nimdn.Message-ID: a`))).toEqual({ pass: 1 });
		expect(received("C30", GOOD)).toEqual({});
	});
	it("C26: several To, cc and Subject are no violation", () => {
		expect(received("C26", text(`${HEAD}\r\nTo: <${BOB}>\r\nSubject: a\r\nSubject: b`))).toEqual({ pass: 1 });
	});
	it("C27: neither LF inside the MIME part nor the spelling CC", () => {
		expect(received("C27", text(HEAD, "Content-Type: text/plain\n\nx"))).toEqual({ pass: 1 });
		expect(received("C27", text(`${HEAD}\r\nCC: <${BOB}>`))).toEqual({ pass: 1 });
	});
	it("the excerpt is the line, and no longer than it must be", () => {
		const room = new Room();
		room.join("bob").receive(text(`From: <${ALICE}>\r\nTo: <${S}>\r\nsubject: ${"x".repeat(500)}`));
		room.over();
		expect(room.first("C27", "violation")?.excerpt).toBe(`subject: ${"x".repeat(151)}…`);
	});
	it("who is to blame: the participant who wrote it, the room that wrote it", () => {
		const room = new Room();
		room
			.join("bob")
			.receive(text(`From: <${ALICE}>;x=1\r\nTo: <${S}>`))
			.receive(text(`From: <${S}>\r\nTo: <${S}>;x=1`));
		room.over();
		expect(room.table.total.get("C31")!.findings.map(({ blame }) => blame)).toEqual(["client", "switch"]);
	});
	it("also of a SIP MESSAGE, once, however often it is sent", () => {
		const room = new Room();
		const wire = room.flow("192.0.2.10:5060", "192.0.2.11:5060");
		const message = sip(
			`MESSAGE ${BOB} SIP/2.0`,
			[
				"Via: SIP/2.0/TCP 192.0.2.10;branch=z9hG4bKm",
				"Max-Forwards: 70",
				`From: <${ALICE}>;tag=a`,
				`To: <${BOB}>`,
				"Call-ID: m1",
				"CSeq: 1 MESSAGE",
			],
			text(`From: ${ALICE}\r\nTo: <${BOB}>`),
			"message/cpim",
		);
		wire.send("a", message).send("a", message);
		expect(room.over().counts("C31")).toEqual({ violation: 1 });
		expect(room.first("C31", "violation")?.blame).toBe("client");
	});
});
