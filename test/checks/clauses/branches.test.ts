import { describe, expect, it } from "vitest";
import { cpim, F, G, type JoinOptions, type Member, Room, S, S0, type SendOptions, uri, X } from "./room.js";

const ALICE = uri("alice");
const BOB = uri("bob");
const CAROL = uri("carol");
const IMDN = `<imdn xmlns="urn:ietf:params:xml:ns:imdn"><message-id>m1</message-id><datetime>2026-03-02T15:02:31Z</datetime><delivery-notification><status><delivered/></status></delivery-notification></imdn>`;
const HIDDEN = "sip:anonymous-7@anonymous.invalid";
const PARTIAL: SendOptions = { headers: ["Failure-Report: partial"] };

/** What one check said, in order: result, blame, text. */
function said(check: string, run: (bob: Member, room: Room) => unknown, join: JoinOptions = {}, options = {}): string[] {
	const lines: string[] = [];
	const room = new Room({
		...options,
		told: (id, { result, blame, text }) => void (id === check && lines.push(`${result} ${blame ?? "-"}: ${text}`)),
	});
	run(room.join("bob", join), room);
	room.over();
	return lines;
}

describe("C01: which messages are the focus'", () => {
	it("what a client wrote is not, even where its From is the room's: that is C04", () => {
		const run = (bob: Member) => bob.say(cpim(S0, S));
		expect(said("C01", run)).toEqual([]);
		expect(said("C04", run)).toEqual([`violation client: From is the room's <${S}>, not the sender`]);
	});
	it("a match by user and host alone is no certain proof", () => {
		const run = (bob: Member) => bob.receive(cpim(`sips:${S0.slice(4)}`, S));
		expect(said("C01", run, {}, { level: "aor" })).toEqual([`unknown switch: From may or may not be the room, <${S}>`]);
	});
	it("the group that was dialled is, by its name", () => {
		expect(said("C01", (bob) => bob.receive(cpim(G, S)), { dialled: G })).toEqual([
			`violation switch: From is the room's <${G}> (request-uri), without isfocus`,
		]);
	});
});

describe("C02: also the group in use", () => {
	const group = (options = {}) => said("C02", (bob) => bob.say(cpim(BOB, G)).say(cpim(BOB, G)), { dialled: G }, options);
	it("info, once: To is the group that was dialled, without isfocus", () => {
		expect(group()).toEqual([
			"pass switch: the URI has isfocus",
			"info switch: the group's identity has no isfocus: who goes by that alone takes messages to it for private ones",
		]);
	});
	it("not for rules before the change, a group with isfocus, the session, a user", () => {
		expect(group({ rules: "legacy" })).toEqual(["n/a -: the change request does not bind this session (profile oma)"]);
		const silent = ["pass switch: the URI has isfocus"];
		expect(said("C02", (bob) => bob.say(cpim(BOB, `${G};isfocus`)), { dialled: `${G};isfocus` })).toEqual(silent);
		expect(said("C02", (bob) => bob.say(cpim(BOB, S)).say(cpim(BOB, ALICE)), { dialled: G })).toEqual(silent);
	});
});

describe("C03 and C04 with the rules before the change", () => {
	const legacy = { rules: "legacy" };
	it("isfocus means nothing there: neither misplaced nor forbidden", () => {
		expect(
			said("C03", (bob) => bob.receive(`From: <${S0}>;isfocus\r\nTo: <${S}>\r\n\r\nContent-Type: text/plain\r\n\r\nx`), {}, legacy),
		).toEqual([]);
		expect(said("C04", (bob) => bob.say(cpim(`${BOB};isfocus`, S)), {}, legacy)).toEqual([
			"pass client: From is the sender's identity (from)",
		]);
		const { room, bob } = Room.oneToOne({ rules: "legacy" });
		bob.receive(cpim(`${ALICE};isfocus`, BOB));
		expect(room.over().counts("C04")).toEqual({ "n/a": 1 });
	});
});

describe("C04 and C06: From is somebody else of the roster", () => {
	const why = `From is <${ALICE}> of the roster, perhaps somebody else`;
	const sent = (from: string, status: number, options: SendOptions = {}) =>
		said("C06", (bob) => bob.say(cpim(from, S), options).answer(status));
	it("C04: unknown, for users may have several addresses", () => {
		expect(said("C04", (bob) => bob.say(cpim(ALICE, S)))).toEqual([
			`unknown client: From is <${ALICE}> of the roster: somebody else, or another address of the sender`,
		]);
		expect(said("C04", (bob) => bob.say(cpim("tel:+12025550123", S)))).toEqual([
			"unknown client: From may be another address of the sender",
		]);
	});
	it("C06: that the switch refuses it shows that it had to; that it does not shows nothing", () => {
		expect(sent(ALICE, 403)).toEqual([`pass switch: ${why}: answered 403`]);
		expect(sent(ALICE, 200)).toEqual([`unknown switch: ${why}: answered 200`]);
		expect(sent(ALICE, 413)).toEqual([`unknown switch: ${why}: answered 413`]);
		expect(said("C06", (bob) => bob.say(cpim(ALICE, S)))).toEqual([`unknown switch: ${why}: no response was seen`]);
	});
	it("C06: not for an address of the sender, or a sender of whom nothing is known", () => {
		expect(sent(BOB, 403)).toEqual([]);
		expect(said("C06", (bob) => bob.say(cpim(ALICE, S)).answer(403), { from: "<>" })).toEqual([]);
		const numbers = { given: { roster: ["sip:+12025550102@example.com;user=phone"], own: ["tel:+12025550102"] } };
		expect(said("C06", (bob) => bob.say(cpim("sip:+12025550102@example.com;user=phone", S)).answer(403), {}, numbers)).toEqual([]);
	});
	it("C06: the room as From, and isfocus in it", () => {
		expect(sent(S0, 200)).toEqual(["violation switch: From is the room, not the sender: answered 200, not 403"]);
		expect(sent(S0, 403)).toEqual(["pass switch: From is the room, not the sender: answered 403"]);
		expect(sent(`${BOB};isfocus`, 403)).toEqual(["pass switch: From has isfocus, which is for the switch alone: answered 403"]);
	});
	it("C06: with Failure-Report: partial a refusal is still sent, and with REPORT", () => {
		expect(sent(S0, 403, PARTIAL)).toEqual(["pass switch: From is the room, not the sender: answered 403"]);
		expect(said("C06", (bob) => bob.say(cpim(S0, S), PARTIAL).report("1-9/*", "000 403 Forbidden"))).toEqual([
			"pass switch: From is the room, not the sender: answered 403",
		]);
		expect(said("C06", (bob) => bob.say(cpim(S0, S), PARTIAL).report("1-9/*", "001 403 Forbidden"))).toEqual([
			"unknown switch: From is the room, not the sender: no response was seen",
		]);
		expect(said("C06", (bob) => bob.say(cpim(S0, S), { headers: ["Failure-Report: no"] }))).toEqual([
			"unknown switch: From is the room, not the sender: the sender asked for no response",
		]);
	});
	it("C06: delivered: only a participant's From with isfocus", () => {
		const delivered = (from: string) => said("C06", (bob) => bob.receive(cpim(from, S)));
		expect(delivered(`${ALICE};isfocus`)).toEqual(["violation switch: delivered, although From is a participant's with isfocus"]);
		expect(delivered(S)).toEqual([]);
		expect(delivered(ALICE)).toEqual([]);
		expect(said("C06", (bob) => bob.receive("hi", { type: "text/plain" }))).toEqual([]);
	});
});

describe("C07 and C08", () => {
	it("C07: To with isfocus that is no identity of the room: unknown where it was seen on one leg, pass where the other has it", () => {
		expect(said("C07", (bob) => bob.say(cpim(BOB, "sip:other@im.example.com;isfocus")))).toEqual([
			"unknown client: To has isfocus, but is no identity of the room that was seen",
		]);
		expect(said("C07", (bob) => bob.receive(cpim(ALICE, S)), { clientContact: `<${X}>;isfocus` })).toEqual(["pass client: To is the room"]);
	});
	it("C07: what the switch itself wrote is no case, nor what goes to the room and a user", () => {
		expect(said("C07", (bob) => bob.receive(cpim(S, S)))).toEqual([]);
		expect(said("C07", (bob) => bob.say(cpim(BOB, [S, ALICE])))).toEqual([]);
	});
	it("C08: what the switch itself wrote is no case; a private message to a stranger stays unknown", () => {
		expect(said("C08", (bob) => bob.receive(cpim(S, F)))).toEqual([]);
		const unknown = ["unknown ?: To is no identity that is known on this leg"];
		expect(said("C08", (bob) => bob.say(cpim(BOB, uri("dave"))))).toEqual(unknown);
		expect(said("C08", (bob) => bob.receive(cpim(ALICE, CAROL)))).toEqual(unknown);
		const oma = { given: { profile: "oma" } };
		expect(said("C08", (bob) => bob.say(cpim(BOB, "sip:anonymous@anonymous.invalid")), {}, oma)).toEqual(unknown);
	});
	it("C08: a factory known by configuration has no entry", () => {
		const room = new Room({ given: { factory: ["sip:rooms@im.example.com"] } });
		room.join("bob").say(cpim(BOB, "sip:rooms@im.example.com"));
		room.over();
		expect(room.first("C08", "violation")).toMatchObject({ text: "To is the conference factory <sip:rooms@im.example.com>", entries: [3] });
	});
});

describe("C09: the token", () => {
	const send = (bob: Member): Member => bob.say(cpim(BOB, ALICE));
	it("violation names what is missing; pass names the first token", () => {
		expect(said("C09", send, { server: "Room/1.0", chatroom: false })).toEqual([
			"violation client: no IM-serv token was seen before this private message",
		]);
		const room = new Room();
		send(room.join("bob"));
		room.over();
		expect(room.first("C09", "pass")).toMatchObject({ entries: [3, 2], excerpt: "IM-serv/OMA2.0" });
	});
	it("not for a To that is nobody's: whether that is a private message is not certain", () => {
		expect(said("C09", (bob) => bob.say(cpim(BOB, uri("dave"))), { server: "Room/1.0", chatroom: false })).toEqual([]);
	});
});

describe("C10 and C11: what is missing", () => {
	it("C10", () => {
		const to = (roster: string[]) => said("C10", (bob) => bob.say(cpim(BOB, uri("dave"))), {}, { given: { roster } });
		expect(to([])).toEqual(["unknown client: no roster is known"]);
		expect(to([ALICE])).toEqual(["unknown client: To is in no roster that was seen; it may be another address of a participant"]);
		expect(said("C10", (bob) => bob.receive(cpim(S, BOB)))).toEqual([]);
		expect(said("C10", (bob) => bob.say(`From: <${BOB}>\r\nTo: <${ALICE}>\r\nTo: <>\r\n\r\nContent-Type: text/plain\r\n\r\nx`))).toEqual([
			"unknown client: To is in no roster that was seen; it may be another address of a participant",
		]);
	});
	it("C11: no NOTIFY, even where a roster was given by hand; a NOTIFY that marks nobody", () => {
		expect(said("C11", (bob) => bob.say(cpim(BOB, S)))).toEqual(["unknown client: no NOTIFY was seen"]);
		expect(said("C11", (bob) => bob.notify([{ entity: ALICE }]).say(cpim(BOB, S)))).toEqual([
			"unknown client: the NOTIFY marks no entity with yourown",
		]);
		// Listed, but not known to be the user's own.
		expect(said("C11", (bob) => bob.notify([{ entity: ALICE }]).say(cpim(ALICE, S)))).toEqual([
			"unknown client: the NOTIFY marks no entity with yourown",
		]);
	});
	it("C11: not on the way to the client", () => {
		expect(said("C11", (bob) => bob.notify([{ entity: BOB, more: ' yourown="true"' }]).receive(cpim(ALICE, S)))).toEqual([]);
	});
});

describe("C12: what the SDP says", () => {
	it("unknown without accept-types; a wildcard is of its type alone", () => {
		const sent = (client: string, type: string) => said("C12", (bob) => bob.receive(cpim(ALICE, S, { type })), { accept: { client } });
		expect(sent("message/cpim\r\na=accept-wrapped-types:text/*", "image/png")).toEqual([
			"violation switch: image/png inside CPIM is in neither list",
		]);
		expect(sent("message/cpim\r\na=accept-wrapped-types:text/plain", "text/html")).toEqual([
			"violation switch: text/html inside CPIM is in neither list",
		]);
		expect(sent("message/cpim\r\na=accept-wrapped-types:*", "message/cpim")).toEqual([
			"pass switch: message/cpim in message/cpim is accepted",
		]);
		expect(sent("*", "message/cpim")).toEqual(["pass switch: message/cpim in message/cpim is accepted"]);
		expect(sent("message/cpim", "message/cpim")).toEqual([
			"violation switch: message/cpim inside message/cpim is not in accept-wrapped-types",
		]);
	});
});

describe("C14, C15, C20: the words", () => {
	it("C14: who wrote it, and what is wrong", () => {
		const maybe = { headers: ["Success-Report: maybe"] };
		expect(said("C14", (bob) => bob.receive(cpim(ALICE, S), maybe).say(cpim(BOB, S), maybe))).toEqual([
			"violation switch: not a legal value",
			"violation client: not a legal value",
		]);
		expect(said("C14", (bob) => bob.say(cpim(BOB, S), { headers: ["Success-Report: yes"] }).answer(200))).toEqual(["pass client: legal"]);
	});
	it("C15: a notification has its own disposition", () => {
		const imdn = cpim(ALICE, BOB, { type: "message/imdn+xml", mime: ["Content-Disposition: notification"], text: IMDN });
		expect(said("C15", (bob) => bob.receive(imdn))).toEqual([]);
	});
	it("C20: no response to a success is wanted with Failure-Report: partial", () => {
		expect(said("C20", (bob) => bob.say(cpim(BOB, S), PARTIAL))).toEqual(["n/a switch: Failure-Report asks for no response"]);
	});
});

describe("C23 and C24: where a notification goes", () => {
	const NS = "NS: imdn <urn:ietf:params:imdn>";
	const DATE = "DateTime: 2026-03-02T15:02:31Z";
	const answer = (to: string, rows: string[] = []) =>
		cpim(BOB, to, {
			rows: [NS, "imdn.Message-ID: n1", DATE, ...rows],
			mime: ["Content-Disposition: notification"],
			type: "message/imdn+xml",
			text: IMDN,
		});
	const routed = (to: string, rows: string[] = [], record = ["imdn.IMDN-Record-Route: <sip:b2b@example.com>"]) =>
		said("C23", (bob) =>
			bob
				.receive(
					cpim(ALICE, BOB, { rows: [NS, "imdn.Message-ID: m1", "imdn.Disposition-Notification: positive-delivery", DATE, ...record] }),
				)
				.say(answer(to, rows)),
		);
	it("C23: to the first IMDN-Route, or to the sender in another spelling; elsewhere on a route is unknown", () => {
		const route = ["imdn.IMDN-Route: <sip:b2b@example.com>", "imdn.IMDN-Route: <sip:far@example.com>"];
		expect(routed("sip:b2b@example.com", route)).toEqual(["pass client: To is the first IMDN-Route"]);
		expect(routed("sip:far@example.com", route)).toEqual([
			"unknown client: To is not who sent the message; it may follow a route of intermediaries",
		]);
		expect(routed("sip:b2b@example.com")).toEqual([
			"unknown client: To is not who sent the message; it may follow a route of intermediaries",
		]);
		expect(routed("SIP:alice@EXAMPLE.com", [], [])).toEqual(["pass client: To is who sent the message"]);
		expect(routed("sip:b2b@example.com", [], [])).toEqual([`violation client: To is not <${ALICE}>, who sent the message`]);
	});
	it("C24: an empty request asks for nothing, also where its prefix is not declared", () => {
		const rows = [DATE, "imdn.Message-ID: a", "imdn.Disposition-Notification: "];
		expect(said("C24", (bob) => bob.receive(cpim(ALICE, BOB, { rows })))).toEqual([]);
		expect(said("C24", (bob) => bob.receive(cpim(ALICE, BOB, { rows: [DATE, "imdn.Disposition-Notification: display"] })))).toEqual([
			"violation client: the prefix of imdn.Disposition-Notification is not declared before it",
		]);
	});
});

describe("C32: the answer to several To", () => {
	const sent = (status?: number, options: SendOptions = {}) =>
		said("C32", (bob) => {
			bob.say(cpim(BOB, [ALICE, CAROL]), options);
			if (status !== undefined) bob.answer(status);
		});
	const client = "violation client: 2 To headers";
	it("403: pass; accepted: violation of the switch; another refusal: info; none: unknown", () => {
		expect(sent(403)).toEqual([client, "pass switch: several To: answered 403"]);
		expect(sent(200)).toEqual([client, "violation switch: several To: answered 200, not 403"]);
		expect(sent(413)).toEqual([client, "info switch: several To: answered 413, not 403"]);
		expect(sent()).toEqual([client, "unknown switch: several To: no response was seen"]);
		expect(sent(undefined, { headers: ["Failure-Report: no"] })).toEqual([
			client,
			"unknown switch: several To: the sender asked for no response",
		]);
	});
	it("passed on: violation of the switch", () => {
		expect(said("C32", (bob) => bob.receive(cpim(ALICE, [BOB, CAROL])))).toEqual([
			"violation switch: 2 To headers, passed on instead of answered 403",
		]);
	});
	it("without a=chatroom no answer is awaited", () => {
		expect(said("C32", (bob) => bob.say(cpim(BOB, [ALICE, CAROL])).answer(200), { chatroom: false })).toEqual([
			"n/a client: no a=chatroom was seen",
		]);
	});
});

describe("C36, C37, C39, C40: seldom seen", () => {
	it("C36: whose session it is is not known", () => {
		const room = new Room();
		const bob = room.join("bob");
		const nobody = room.join("carol", { from: "<>" });
		bob.say(cpim(BOB, CAROL));
		nobody.receive(cpim(BOB, CAROL));
		room.over();
		expect(room.first("C36", "unknown")?.text).toBe("whose session this is is not known");
	});
	it("C37: message/* takes message/cpim; the texts", () => {
		expect(said("C37", () => undefined, { accept: { client: "message/*" } })).toEqual([
			"pass client: the client takes message/cpim",
			"pass switch: the server takes message/cpim alone",
		]);
		expect(said("C37", () => undefined, { accept: { client: "text/plain", server: "text/plain" } })).toEqual([
			"violation client: the client does not take message/cpim",
			"violation switch: the server takes something else than message/cpim",
		]);
	});
	it("C40: who is named in the text", () => {
		expect(said("C40", (bob) => bob.notify([{ entity: ALICE }, { entity: BOB }]))).toEqual(["pass switch: 2 users"]);
		expect(said("C40", (bob) => bob.notify([{ entity: ALICE }, { entity: ALICE }]))).toEqual([`violation switch: <${ALICE}> twice`]);
	});
	it("C45: whose token, and what is wrong", () => {
		expect(said("C45", () => undefined, { server: "IM-serv/2.0", more: ["User-Agent: IM-client/OMA1.0 Acme/1"] })).toEqual([
			"pass client: well formed",
			"info switch: malformed release token",
		]);
	});
});

describe("C43: how the room calls the user", () => {
	it("violation: another From than the anonymous one with yourown, whoever it names", () => {
		const run = (from: string) => said("C43", (bob) => bob.notify([{ entity: HIDDEN, more: ' yourown="true"' }]).say(cpim(from, S)));
		expect(run(uri("dave"))).toEqual([`violation client: From is not <${HIDDEN}>, as the room calls the user`]);
		expect(run(BOB)).toEqual([`violation client: From names the user, who joined as <${HIDDEN}>`]);
		expect(run(HIDDEN)).toEqual(["pass client: From is the anonymous URI in the roster"]);
	});
	it("another anonymous From than the room's: unknown; a name on the way to the client is no case", () => {
		const joined = (bob: Member) => bob.notify([{ entity: HIDDEN, more: ' yourown="true"' }]);
		expect(said("C43", (bob) => joined(bob).say(cpim("sip:anonymous-9@anonymous.invalid", S)))).toEqual([
			"unknown client: the anonymous URI is in no roster that was seen",
		]);
		expect(said("C43", (bob) => joined(bob).receive(cpim(ALICE, S)))).toEqual([]);
		// The user's own anonymous address, not in the roster.
		const join = { from: "<sip:anonymous@anonymous.invalid>" };
		expect(said("C43", (bob) => bob.say(cpim("sip:anonymous@anonymous.invalid", S)), join)).toEqual([
			"unknown client: the anonymous URI is in no roster that was seen",
		]);
	});
});

describe("C44: refusals", () => {
	const said44 = (status: number, options: SendOptions = {}) =>
		said("C44", (bob) => bob.say(cpim(BOB, uri("dave")), options).answer(status));
	it("also with Failure-Report: partial; messages to all and on the way to the client are no case", () => {
		expect(said44(404, PARTIAL)).toEqual(["pass switch: answered 404"]);
		expect(said("C44", (bob) => bob.say(cpim(BOB, uri("dave")), { headers: ["Failure-Report: no"] }))).toEqual([
			"unknown switch: the sender asked for no response",
		]);
		expect(said("C44", (bob) => bob.receive(cpim(ALICE, uri("dave"))).answer(200))).toEqual([]);
		expect(said("C44", (bob) => bob.say(cpim(BOB, S)).answer(404))).toEqual([]);
	});
	it("one unknown To among known ones is enough", () => {
		expect(said("C44", (bob) => bob.say(cpim(BOB, [ALICE, uri("dave")])).answer(200))).toEqual([
			"unknown switch: answered 200; To may be an address of a participant that was not seen",
		]);
	});
});
